import assert from 'node:assert/strict'
import { eventually, matches } from '../assertions.ts'
import type { Runner } from '../runner.ts'
import type { Store } from '../../ports/store.ts'
import { built, claimRun, fresh, newRequest, newRun } from './fixtures.ts'

/** The suite of queries about runs. */
export function describeReading({ test }: Runner, store: () => Store): void {
  test('records are found by key, outcome, reason and page', async () => {
    const id = fresh()
    const requests = Array.from({ length: 12 }, (_request, seq) =>
      newRequest(seq, null, {
        outcome: seq % 3 === 0 ? 'oversize' : 'unrenderable',
        reason: `reason ${seq % 2}`,
      }),
    )
    await store().startRun(newRun(id))
    await store().commitBuilt(await claimRun(store(), id), { ...built(0, requests), batch: null })
    matches(await store().request(id, 'key-3'), { seq: 3 })
    assert.equal(await store().request(id, 'nobody'), null)
    assert.deepEqual(
      (await store().requests(id, { outcomes: ['oversize'], limit: 2, afterSeq: 0 })).map(({ seq }) => seq),
      [3, 6],
    )
    assert.deepEqual(
      (await store().requests(id, { keys: ['key-1', 'key-2'], reason: 'reason 0' })).map(({ seq }) => seq),
      [2],
    )
    const groups = await store().requestGroups(id)
    assert.equal(
      groups.map(({ count }) => count).reduce((sum, count) => sum + count, 0),
      12,
    )
    assert.equal(groups.length, 4)
    assert.equal(await store().markAgain(id, { outcomes: ['oversize'] }, null), 0)
  })

  test('what happened is told in order', async () => {
    const id = fresh()
    await store().startRun(newRun(id))
    await store().addEvent(id, 5, 'first', { a: 1 })
    await store().addEvent(id, 5, 'second', {})
    const [started, first, second] = await store().events(id, 0, 10)
    assert.deepEqual([started?.kind, first?.kind, second?.kind], ['run.started', 'first', 'second'])
    assert.deepEqual(
      (await store().events(id, first?.id ?? 0, 10)).map(({ kind }) => kind),
      ['second'],
    )
    assert.deepEqual(JSON.parse(first?.data ?? ''), { a: 1 })
    const other = fresh()
    await store().startRun(newRun(other))
    // In PostgreSQL it is settled only when no transaction of the cluster is older.
    await eventually(async () => {
      const newest = await store().newestEvent()
      assert.deepEqual(
        (await store().events(other, 0, 10)).map((event) => event.id),
        [newest],
      )
    }, 20_000)
  })

  test('attempts are found by what they are known by at the provider, over all runs', async () => {
    const [one, other] = [fresh(), fresh()]
    for (const id of [one, other]) {
      await store().startRun(newRun(id))
      await store().commitBuilt(await claimRun(store(), id), {
        ...built(0, [newRequest(0, 0)]),
        nonce: `nonce-${id}`,
      })
    }
    const many = Array.from({ length: 1_200 }, (_value, at) => `nobody-${at}`)
    const found = await store().attemptsWith('nonce', [`nonce-${one}`, ...many, `nonce-${other}`])
    assert.deepEqual(
      found.map(({ runId }) => runId),
      [one, other],
    )
    assert.deepEqual(await store().attemptsWith('providerBatchId', ['nobody']), [])
    assert.deepEqual(await store().attemptsWith('filename', []), [])
  })

  test('quotas keep what is not changed', async () => {
    const key = fresh()
    await store().setQuota(key, { limitTokens: 5 })
    await store().setQuota(key, { notBefore: 9 })
    assert.deepEqual(await store().quota(key), { key, limitTokens: 5, usedTokens: 0, notBefore: 9 })
    assert.ok((await store().quotas()).map((quota) => quota.key).includes(key))
  })

  test('what was written outside of a run is done, with its newest fingerprint', async () => {
    const job = fresh()
    await store().markDone(job, 'k', 'print', 1)
    await store().markDone(job, 'k', 'print2', 2)
    assert.deepEqual(
      await store().doneBefore(job, ['k'], false),
      new Map([['k', { fingerprint: 'print2', runId: '' }]]),
    )
  })
}
