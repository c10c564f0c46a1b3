import type { RunRow } from '../../../../src/ports/state.ts'
import { required } from '../../../../src/testing/stores/fixtures.ts'
import type { Hand } from './attempt-path.ts'

/** Everything of a state that is not a run: what the server keeps, what people said, tries, plans, quotas. */
export async function makeTheRest({ store, fixed, now }: Hand, like: RunRow): Promise<void> {
  for (const [id, scope, revokedAt] of [
    ['ops', 'admin', null],
    ['old', 'run', now],
  ] as const) {
    await store.addKey({
      id,
      name: `${id} key`,
      secretHash: fixed.random.id(32),
      scope,
      jobs: id === 'old' ? JSON.stringify(['titles']) : null,
      budgetMicroUsd: 90_000,
      createdAt: now,
      expiresAt: null,
      revokedAt,
      lastUsedAt: null,
    })
  }
  await store.touchKey('ops', now)
  const call = { key: 'call-1', requestHash: fixed.random.id(32), now, staleMs: 60_000 }
  await store.beginRepeat(call)
  await store.endRepeat(call.key, 201, JSON.stringify({ id: like.id }))
  await store.beginRepeat({ ...call, key: 'call-2' })
  await store.storePlan(
    {
      id: fixed.random.id(8),
      job: like.job,
      selection: '{"params":{},"limit":3}',
      plan: required(like.plan),
      createdAt: now,
    },
    0,
  )
  await store.markDone('digests', 'digests-tried', 'digests-print-tried', now)
  const sides = { a: `${like.id}:one`, b: `${like.id}:two` }
  await store.prefer(sides, '1', 'a', now)
  await store.prefer(sides, '2', 'tie', now)
  await store.setQuota('openai/gpt-4o-mini', { limitTokens: 2_000_000, notBefore: now + 5_000 })
  await store.setQuota('azure/batch', { limitTokens: 40_000 })
  await store.delivery('https://hooks.example.com/offpeak')
  const delivery = required(
    await store.claimDelivery('https://hooks.example.com/offpeak', {
      holder: 'fixture/0-0/1',
      now,
      leaseMs: 30_000,
    }),
  )
  await store.saveDelivery(delivery, { position: 3, tries: 2, leaseUntil: now + 30_000 })
  await store.releaseDelivery(delivery, now + 60_000)
}
