import assert from 'node:assert/strict'
import { matches, contains } from '../assertions.ts'
import type { Runner } from '../runner.ts'
import type { Store } from '../../ports/store.ts'
import { answer, claimAttempt, fresh, newRequest, reservation, runWith } from './fixtures.ts'

/** Where runs stand. */
export function describeStanding({ test }: Runner, store: () => Store): void {
  test('several runs tell where they stand in one statement each, and only those that are asked', async () => {
    const [one, other, third] = [fresh(), fresh(), fresh()]
    const files = [[newRequest(0, 0)], [newRequest(1, 1, { line: 0 })]]
    const [first = 0] = await runWith(store(), one, files, 1_000)
    await runWith(store(), other, files)
    await runWith(store(), third, files)
    const claim = await claimAttempt(store(), first)
    await store().reserve(claim, reservation(one))
    await store().commitMerged({
      runId: one,
      batchN: 0,
      job: one,
      now: 5_000,
      requests: [answer(0, 'merged')],
      counts: { merged: 1 },
      usage: { costPicoUsd: 7 },
      accounting: { lines: 1 },
      claim,
      mergedBytes: 9,
    })
    const ids = [one, other]
    const counters = await store().batchCounters(ids)
    assert.equal(counters.length, 4)
    assert.deepEqual(
      counters.filter(({ runId }) => runId === one),
      [
        { runId: one, n: 0, round: 0, records: 1, counts: '{"merged":1}', usage: '{"costPicoUsd":7}' },
        { runId: one, n: 1, round: 0, records: 1, counts: '{}', usage: '{}' },
      ],
    )
    const states = await store().batchStates(ids)
    assert.deepEqual(
      states.filter(({ runId }) => runId === one),
      [
        { runId: one, state: 'reserved', ending: null, waitsFor: null, waitingSince: null, count: 1 },
        { runId: one, state: 'waiting', ending: null, waitsFor: null, waitingSince: null, count: 1 },
      ],
    )
    assert.deepEqual(
      states.filter(({ runId }) => runId === other),
      [{ runId: other, state: 'waiting', ending: null, waitsFor: null, waitingSince: null, count: 2 }],
    )
    const holdings = await store().holdings(ids)
    assert.equal(holdings.length, 4)
    contains(holdings, {
      id: first,
      runId: one,
      batchN: 0,
      state: 'reserved',
      reservedMicroUsd: 500,
    })
    assert.deepEqual(await store().budgets([`run:${one}`, 'nobody']), [
      { key: `run:${one}`, capMicroUsd: 1_000, reservedMicroUsd: 500, spentMicroUsd: 0 },
    ])
    assert.deepEqual(await store().batchCounters([]), [])
  })

  test('of a batch that was tried again, the last attempt says where it stands', async () => {
    const id = fresh()
    const [attemptId = 0] = await runWith(store(), id, [[newRequest(0, 0)]])
    const again = { nonce: 'second', nextAt: 9_000 }
    await store().voidAttempt(await claimAttempt(store(), attemptId), {
      reason: 'refused',
      now: 6_000,
      again,
      outcome: null,
    })
    assert.deepEqual(await store().batchStates([id]), [
      { runId: id, state: 'waiting', ending: null, waitsFor: null, waitingSince: null, count: 1 },
    ])
    assert.equal(await store().recordDuplicate(attemptId, id, 'job', 31, 7_000, 'made twice'), true)
    assert.equal(await store().recordDuplicate(attemptId, id, 'job', 31, 7_000, 'made twice'), false)
    matches(await store().attemptSummaries(id), [
      { batchN: 0, state: 'void', reason: 'refused', duplicateMicroUsd: 31 },
      { batchN: 0, state: 'waiting', providerBatchId: null, duplicateMicroUsd: null },
    ])
    matches(await store().batchSummaries(id), [{ n: 0, requests: 1, records: 1, counts: '{}' }])
  })
}
