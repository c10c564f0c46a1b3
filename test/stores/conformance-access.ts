import { expect, test } from 'vitest'
import type { SessionRow } from '../../src/ports/state.ts'
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

  test('a session is found until it is ended, is over, or is the oldest of too many of its caller', async () => {
    const [caller, other] = [`key:${fresh()}`, `key:${fresh()}`]
    const session = (id: string, createdAt: number, expiresAt = 1_000_000): SessionRow => ({
      id,
      caller,
      mark: 'mark',
      createdAt,
      expiresAt,
    })
    const there = async (...ids: readonly string[]): Promise<readonly boolean[]> =>
      Promise.all(ids.map(async (id) => (await store().session(id)) !== null))
    const [a = '', b = '', c = '', d = ''] = Array.from({ length: 4 }, fresh)
    await store().addSession({ ...session(d, 1), caller: other }, 1)
    await store().addSession(session(a, 1), 2)
    expect(await store().session(a)).toEqual(session(a, 1))
    await store().addSession(session(b, 2, 5), 2)
    await store().addSession(session(c, 3), 2)
    expect(await there(a, b, c, d)).toEqual([false, true, true, true])
    await store().addSession(session(a, 5), 2)
    expect(await there(a, b, c), 'those that are over make room first').toEqual([true, false, true])
    await store().endSession(c)
    await store().endSession(c)
    expect(await there(a, c, d)).toEqual([true, false, true])
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
    await store().storePlan(plan, 0)
    expect(await store().storedPlan(id)).toEqual(plan)
    await store().storePlan({ ...plan, id: later, createdAt: 2_000 }, 1_001)
    expect(await store().storedPlan(id)).toBeNull()
    expect(await store().storedPlan(later)).not.toBeNull()
  })
}
