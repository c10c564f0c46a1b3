import assert from 'node:assert/strict'
import { matches, contains } from '../assertions.ts'
import type { Runner } from '../runner.ts'
import type { SessionRow } from '../../ports/state.ts'
import type { Store } from '../../ports/store.ts'
import { fresh } from './fixtures.ts'

/** The suite of keys, sessions and idempotent calls of the server. */
export function describeAccess({ test }: Runner, store: () => Store): void {
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
    assert.deepEqual(await store().key(id), key)
    assert.equal(await store().key('nobody'), null)
    contains(await store().keys(), key)
    await store().touchKey(id, 9)
    assert.equal(await store().revokeKey(id, 10), true)
    assert.equal(await store().revokeKey(id, 11), false)
    assert.deepEqual(await store().key(id), { ...key, lastUsedAt: 9, revokedAt: 10 })
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
    assert.deepEqual(await store().session(a), session(a, 1))
    await store().addSession(session(b, 2, 5), 2)
    await store().addSession(session(c, 3), 2)
    assert.deepEqual(await there(a, b, c, d), [false, true, true, true])
    await store().addSession(session(a, 5), 2)
    assert.deepEqual(await there(a, b, c), [true, false, true])
    await store().endSession(c)
    await store().endSession(c)
    assert.deepEqual(await there(a, c, d), [true, false, true])
  })

  test('a call that comes twice is worked on once and answered alike', async () => {
    const call = { key: fresh(), requestHash: 'h', now: 1_000, staleMs: 500 }
    const begun = await Promise.all(Array.from({ length: 10 }, () => store().beginRepeat(call)))
    assert.deepEqual(
      begun.map(({ kind }) => kind).toSorted(),
      ['new', ...begun.slice(1).map(() => 'running')].toSorted(),
    )
    assert.deepEqual(await store().beginRepeat({ ...call, requestHash: 'other' }), { kind: 'other' })
    await store().endRepeat(call.key, 201, '{"a":1}')
    assert.deepEqual(await store().beginRepeat({ ...call, now: 9_000 }), {
      kind: 'done',
      status: 201,
      body: '{"a":1}',
    })
    await store().dropRepeat(call.key)
    matches(await store().beginRepeat(call), { kind: 'done' })
  })

  test('a call whose worker died may be taken on again, and so may one that came to nothing', async () => {
    const call = { key: fresh(), requestHash: 'h', now: 1_000, staleMs: 500 }
    await store().beginRepeat(call)
    assert.deepEqual(await store().beginRepeat({ ...call, now: 1_499 }), { kind: 'running' })
    assert.deepEqual(await store().beginRepeat({ ...call, now: 1_500 }), { kind: 'new' })
    assert.deepEqual(await store().beginRepeat({ ...call, now: 1_600 }), { kind: 'running' })
    await store().dropRepeat(call.key)
    assert.deepEqual(await store().beginRepeat({ ...call, now: 1_700 }), { kind: 'new' })
  })

  test('answers are forgotten after a day', async () => {
    const call = { key: fresh(), requestHash: 'h', now: 1_000, staleMs: 500 }
    await store().beginRepeat(call)
    await store().endRepeat(call.key, 200, '{}')
    assert.deepEqual(await store().beginRepeat({ ...call, now: 1_001 + 24 * 3_600_000 }), { kind: 'new' })
  })

  test('a plan is kept until its time is over', async () => {
    const [id, later] = [fresh(), fresh()]
    const plan = { id, job: 'j', selection: '{}', plan: '{"a":1}', createdAt: 1_000 }
    await store().storePlan(plan, 0)
    assert.deepEqual(await store().storedPlan(id), plan)
    await store().storePlan({ ...plan, id: later, createdAt: 2_000 }, 1_001)
    assert.equal(await store().storedPlan(id), null)
    assert.notEqual(await store().storedPlan(later), null)
  })
}
