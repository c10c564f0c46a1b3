import { expect, test, vi } from 'vitest'
import type { Store } from '../../src/ports/store.ts'
import { built, claimRun, fresh, newRequest, newRun } from './fixtures.ts'

/** What people ask for. */
export function describeReading(store: () => Store): void {
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
    expect(await store().request(id, 'key-3')).toMatchObject({ seq: 3 })
    expect(await store().request(id, 'nobody')).toBeNull()
    expect(
      (await store().requests(id, { outcomes: ['oversize'], limit: 2, afterSeq: 0 })).map(({ seq }) => seq),
    ).toEqual([3, 6])
    expect(
      (await store().requests(id, { keys: ['key-1', 'key-2'], reason: 'reason 0' })).map(({ seq }) => seq),
    ).toEqual([2])
    const groups = await store().requestGroups(id)
    expect(groups.map(({ count }) => count).reduce((sum, count) => sum + count, 0)).toBe(12)
    expect(groups).toHaveLength(4)
    expect(
      await store().markAgain(id, { outcomes: ['oversize'] }, null),
      'what was never sent cannot be sent again',
    ).toBe(0)
  })

  test('what happened is told in order', async () => {
    const id = fresh()
    await store().startRun(newRun(id))
    await store().addEvent(id, 5, 'first', { a: 1 })
    await store().addEvent(id, 5, 'second', {})
    const [started, first, second] = await store().events(id, 0, 10)
    expect([started?.kind, first?.kind, second?.kind]).toEqual(['run.started', 'first', 'second'])
    expect((await store().events(id, first?.id ?? 0, 10)).map(({ kind }) => kind)).toEqual(['second'])
    expect(JSON.parse(first?.data ?? '')).toEqual({ a: 1 })
    const other = fresh()
    await store().startRun(newRun(other))
    // In PostgreSQL it is settled only when no transaction of the cluster is older.
    await vi.waitFor(async () => {
      const newest = await store().newestEvent()
      expect((await store().events(other, 0, 10)).map((event) => event.id)).toEqual([newest])
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
    expect(found.map(({ runId }) => runId)).toEqual([one, other])
    expect(await store().attemptsWith('providerBatchId', ['nobody'])).toEqual([])
    expect(await store().attemptsWith('filename', [])).toEqual([])
  })

  test('quotas keep what is not changed', async () => {
    const key = fresh()
    await store().setQuota(key, { limitTokens: 5 })
    await store().setQuota(key, { notBefore: 9 })
    expect(await store().quota(key)).toEqual({ key, limitTokens: 5, usedTokens: 0, notBefore: 9 })
    expect((await store().quotas()).map((quota) => quota.key)).toContain(key)
  })

  test('what was written outside of a run is done, with its newest fingerprint', async () => {
    const job = fresh()
    await store().markDone(job, 'k', 'print', 1)
    await store().markDone(job, 'k', 'print2', 2)
    expect(await store().doneBefore(job, ['k'], false)).toEqual(
      new Map([['k', { fingerprint: 'print2', runId: '' }]]),
    )
  })
}
