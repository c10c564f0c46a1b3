import { expect, test } from 'vitest'
import type { Store } from '../../src/ports/store.ts'
import { fresh } from './fixtures.ts'

/** What the server keeps for those who call it. */
export function describeAccess(store: () => Store): void {
  test('a key is kept with its hash, revoked once, and remembers when it was used', async () => {
    const id = fresh()
    const key = {
      id,
      name: 'nightly',
      secretHash: 'hash',
      scope: 'run',
      jobs: '["a"]',
      budgetMicroUsd: 5,
      createdAt: 7,
      expiresAt: null,
      revokedAt: null,
      lastUsedAt: null,
    } as const
    await store().addKey(key)
    expect(await store().key(id)).toEqual(key)
    expect(await store().key('nobody')).toBeNull()
    expect(await store().keys()).toContainEqual(key)
    await store().touchKey(id, 9)
    expect(await store().revokeKey(id, 10)).toBe(true)
    expect(await store().revokeKey(id, 11)).toBe(false)
    expect(await store().key(id)).toEqual({ ...key, lastUsedAt: 9, revokedAt: 10 })
  })

  test('a call that comes twice is worked on once and answered alike', async () => {
    const call = { key: fresh(), requestHash: 'h', now: 1_000, staleMs: 500 }
    const begun = await Promise.all(Array.from({ length: 10 }, () => store().beginRepeat(call)))
    expect(begun.map(({ kind }) => kind).toSorted()).toEqual(
      ['new', ...begun.slice(1).map(() => 'running')].toSorted(),
    )
    expect(await store().beginRepeat({ ...call, requestHash: 'other' })).toEqual({ kind: 'other' })
    await store().endRepeat(call.key, 201, '{"a":1}')
    expect(await store().beginRepeat({ ...call, now: 9_000 })).toEqual({
      kind: 'done',
      status: 201,
      body: '{"a":1}',
    })
    await store().dropRepeat(call.key)
    expect(await store().beginRepeat(call), 'an answer is not dropped').toMatchObject({ kind: 'done' })
  })

  test('a call whose worker died may be taken on again, and so may one that came to nothing', async () => {
    const call = { key: fresh(), requestHash: 'h', now: 1_000, staleMs: 500 }
    await store().beginRepeat(call)
    expect(await store().beginRepeat({ ...call, now: 1_499 })).toEqual({ kind: 'running' })
    expect(await store().beginRepeat({ ...call, now: 1_500 })).toEqual({ kind: 'new' })
    expect(await store().beginRepeat({ ...call, now: 1_600 })).toEqual({ kind: 'running' })
    await store().dropRepeat(call.key)
    expect(await store().beginRepeat({ ...call, now: 1_700 })).toEqual({ kind: 'new' })
  })

  test('answers are forgotten after a day', async () => {
    const call = { key: fresh(), requestHash: 'h', now: 1_000, staleMs: 500 }
    await store().beginRepeat(call)
    await store().endRepeat(call.key, 200, '{}')
    expect(await store().beginRepeat({ ...call, now: 1_001 + 24 * 3_600_000 })).toEqual({ kind: 'new' })
  })

  test('a plan is kept until its time is over', async () => {
    const [id, later] = [fresh(), fresh()]
    const plan = { id, job: 'j', selection: '{}', plan: '{"a":1}', createdAt: 1_000 }
    await store().keepPlan(plan, 0)
    expect(await store().keptPlan(id)).toEqual(plan)
    await store().keepPlan({ ...plan, id: later, createdAt: 2_000 }, 1_001)
    expect(await store().keptPlan(id)).toBeNull()
    expect(await store().keptPlan(later)).not.toBeNull()
  })
}
