import type { Provider } from '../../ports/provider.ts'
import type { RunRow } from '../../ports/state.ts'
import { perform } from '../crash-points.ts'
import type { Flow } from '../flow.ts'
import { adoptBatch, cancelStray } from './stray.ts'

const skewMs = 600_000
const swept = new WeakMap<Flow, Set<string>>()

/** Before a process first creates anything for a run, it looks for batches of ours that the state does not know. */
export async function sweepOnce(flow: Flow, provider: Provider, run: RunRow): Promise<void> {
  const done = swept.get(flow) ?? new Set()
  swept.set(flow, done)
  const key = `${provider.account} ${run.id}`
  if (done.has(key)) return
  if (await sweep(flow, provider, run)) done.add(key)
}

/**
 * Compares the provider's list since the run began with the state. A batch that proves to be ours by lineage and
 * nonce is given to its attempt when that still waits for it; otherwise it is a stray: cancelled and reported. One
 * that is not proven ours is never touched. False: the list could not be read.
 */
export async function sweep(flow: Flow, provider: Provider, run: RunRow): Promise<boolean> {
  const { store } = flow
  const listed = await perform(flow.reach, 'sweep.list', () => provider.batches(run.createdAt - skewMs))
  if (listed.kind !== 'accepted') return false
  const attempts = await store.attempts(run.id)
  const known = new Set(attempts.map((attempt) => attempt.providerBatchId))
  for (const batch of listed.value) {
    if (
      known.has(batch.id) ||
      batch.metadata['offpeak'] !== store.lineage ||
      batch.metadata['offpeak_run'] !== run.id
    )
      continue
    const attempt = attempts.find(({ nonce }) => nonce === batch.metadata['offpeak_nonce'])
    if (attempt && (await adoptBatch(flow, attempt, batch))) continue
    await cancelStray(flow, provider, batch, { run, attempt: attempt ?? null })
  }
  return true
}
