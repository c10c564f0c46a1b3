import assert from 'node:assert/strict'
import { matches, contains } from '../assertions.ts'
import type { Runner } from '../runner.ts'
import type { Store } from '../../ports/store.ts'
import type { Reservation } from '../../ports/store/ledger.ts'
import { claimAttempt, fresh, newRequest, required, reservation, runWith } from './fixtures.ts'

/** The suite of budgets, quotas and the ledger. */
export function describeMoney({ test }: Runner, store: () => Store): void {
  test('forty reservations at once never hold more than the cap', async () => {
    const id = fresh()
    const ids = await runWith(
      store(),
      id,
      Array.from({ length: 40 }, (_file, n) => [newRequest(n, n, { line: 0 })]),
      2_600,
    )
    const results = await Promise.all(
      ids.map(async (attempt) => store().reserve(await claimAttempt(store(), attempt), reservation(id))),
    )
    assert.equal(results.filter((result) => result === 'reserved').length, 5)
    matches(
      results.find((result) => result !== 'reserved'),
      {
        short: 'money',
        key: `run:${id}`,
        limit: 2_600,
      },
    )
    matches(await store().budget(`run:${id}`), { reservedMicroUsd: 2_500 })
    assert.equal((await store().ledger({ runId: id })).filter(({ kind }) => kind === 'reserve').length, 5)
    matches(await store().quota(`quota-${id}`), { usedTokens: 500 })
  })

  test('tokens are let in up to their limit, and a refusal takes no money', async () => {
    const id = fresh()
    const ids = await runWith(
      store(),
      id,
      Array.from({ length: 6 }, (_file, n) => [newRequest(n, n, { line: 0 })]),
      10_000,
    )
    await store().setQuota(`quota-${id}`, { limitTokens: 250 })
    const results = await Promise.all(
      ids.map(async (attempt) => store().reserve(await claimAttempt(store(), attempt), reservation(id))),
    )
    assert.equal(results.filter((result) => result === 'reserved').length, 2)
    matches(await store().quota(`quota-${id}`), { usedTokens: 200, limitTokens: 250 })
    matches(await store().budget(`run:${id}`), { reservedMicroUsd: 1_000 })
  })

  test('no more batches are let in at once than may be at work with their account, of whatever model', async () => {
    const [id, account] = [fresh(), `host/${fresh()}`]
    const ids = await runWith(
      store(),
      id,
      Array.from({ length: 12 }, (_file, n) => [newRequest(n, n, { line: 0 })]),
      100_000,
    )
    const wanted = (n: number): Reservation =>
      reservation(id, { account, maxBatches: 3, quotaKey: `quota-${id}-${n % 4}` })
    const claims = await Promise.all(ids.map((attempt) => claimAttempt(store(), attempt)))
    const results = await Promise.all(claims.map((claim, n) => store().reserve(claim, wanted(n))))
    assert.equal(results.filter((result) => result === 'reserved').length, 3)
    assert.deepEqual(
      results.find((result) => result !== 'reserved'),
      {
        short: 'batches',
        key: account,
        limit: 3,
        used: 3,
      },
    )
    assert.equal(await store().batchesAtWork(account), 3)
    matches(await store().budget(`run:${id}`), { reservedMicroUsd: 1_500 })

    const ended = results.indexOf('reserved')
    const next = results.findIndex((each) => each !== 'reserved')
    await store().freeTokens(required(claims[ended]))
    assert.equal(await store().reserve(required(claims[next]), wanted(next)), 'reserved')
    assert.equal(await store().batchesAtWork(account), 3)
    for (const state of ['uploading', 'uploaded', 'creating', 'in_doubt'] as const)
      await store().move(required(claims[next]), state, {})
    await store().replaceAttempt(required(claims[next]), { nonce: 'replaced', now: 4_000 })
    assert.equal(await store().batchesAtWork(account), 2)
    assert.equal(await store().batchesAtWork('another'), 0)
  })

  test('a reservation that is repeated counts once', async () => {
    const id = fresh()
    const [attemptId = 0] = await runWith(store(), id, [[newRequest(0, 0)]], 1_000)
    const claim = await claimAttempt(store(), attemptId)
    await store().reserve(claim, reservation(id))
    await assert.rejects(store().reserve(claim, reservation(id)))
    matches(await store().budget(`run:${id}`), { reservedMicroUsd: 500 })
    matches(await store().quota(`quota-${id}`), { usedTokens: 100 })
  })

  test('settling gives the reservation back and books what was spent, however often', async () => {
    const id = fresh()
    const [attemptId = 0] = await runWith(store(), id, [[newRequest(0, 0)]], 1_000)
    const claim = await claimAttempt(store(), attemptId)
    await store().reserve(claim, reservation(id))
    for (const state of ['uploading', 'uploaded', 'creating', 'created', 'completed'] as const)
      await store().move(claim, state, {})
    await store().freeTokens(claim)
    await store().freeTokens(claim)
    matches(await store().quota(`quota-${id}`), { usedTokens: 0 })
    await store().move(claim, 'collected', {})
    const settled = {
      amountMicroUsd: 120,
      now: 5_000,
      note: null,
      to: 'merged',
      possiblyPaidMicroUsd: 0,
      estimatePicoUsd: null,
    } as const
    await store().settle(claim, settled)
    await store().settle(claim, settled)
    matches(await store().budget(`run:${id}`), { reservedMicroUsd: 0, spentMicroUsd: 120 })
    assert.deepEqual(
      (await store().ledger({ runId: id })).map(({ kind, amountMicroUsd }) => [kind, amountMicroUsd]),
      [
        ['reserve', 500],
        ['settle', 120],
      ],
    )
    matches(await store().quota(`quota-${id}`), { usedTokens: 0 })
    matches(await store().run(id), { nextAt: 5_000 })
  })

  test('an unpaid end voids once, and lets one other attempt wait', async () => {
    const id = fresh()
    const [attemptId = 0] = await runWith(store(), id, [[newRequest(0, 0)]], 1_000)
    const claim = await claimAttempt(store(), attemptId)
    await store().reserve(claim, reservation(id))
    const end = { reason: 'refused', now: 5_000, again: { nonce: 'again', nextAt: 6_000 }, outcome: null }
    await store().voidAttempt(claim, end)
    await store().voidAttempt(claim, end)
    matches(await store().budget(`run:${id}`), { reservedMicroUsd: 0, spentMicroUsd: 0 })
    matches(await store().quota(`quota-${id}`), { usedTokens: 0 })
    assert.deepEqual(
      (await store().attempts(id)).map(({ state, n, nextAt }) => [state, n, nextAt]),
      [
        ['void', 1, null],
        ['waiting', 2, 6_000],
      ],
    )
    assert.deepEqual((await store().ledger({ runId: id })).map(({ kind }) => kind).toSorted(), [
      'reserve',
      'void',
    ])
  })

  test('money or tokens that come free wake whoever waits for them', async () => {
    const id = fresh()
    const [first = 0, second = 0] = await runWith(store(), id, [[newRequest(0, 0)], [newRequest(1, 1)]], 500)
    const claim = await claimAttempt(store(), first)
    await store().reserve(claim, reservation(id))
    const waiting = await claimAttempt(store(), second)
    await store().saveAttempt(waiting, {
      waitsFor: 'budget',
      waitingSince: 1,
      waitTries: 1,
      waitWords: 'all of it is reserved',
    })
    await store().release(waiting, 99_000)
    await store().voidAttempt(claim, { reason: 'x', now: 5_000, again: null, outcome: null })
    contains(await store().due(5_000, 10, [id]), { kind: 'attempt', id: second })
  })

  test('a duplicate is noted once, and a cap can be raised', async () => {
    const id = fresh()
    const [attemptId = 0] = await runWith(store(), id, [[newRequest(0, 0)]], 1_000)
    for (let times = 0; times < 2; times += 1)
      await store().recordDuplicate(attemptId, id, 'job', 77, 1_000, 'made twice')
    matches(await store().ledger({ runId: id }), [
      { kind: 'duplicate', amountMicroUsd: 77, note: 'made twice' },
    ])
    await store().setBudget(`run:${id}`, 5_000)
    matches(await store().budget(`run:${id}`), { capMicroUsd: 5_000, reservedMicroUsd: 0 })
  })
}
