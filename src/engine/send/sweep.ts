import type { Provider } from '../../ports/provider.ts'
import type { RunRow } from '../../ports/state.ts'
import { perform } from '../crash-points.ts'
import type { Flow } from '../flow.ts'
import { hiddenFrom } from '../../planning/unconfirmed-create.ts'
import type { Cause } from '../../planning/wait.ts'
import { causeOf } from '../wait.ts'
import { adoptBatch, cancelStray } from './stray.ts'

/** Batches that were made a little before the run are looked at too. */
const marginMs = 600_000
const swept = new WeakMap<Flow, Set<string>>()

/** Before a process first creates anything for a run, it looks for batches of ours that the state does not know. */
export async function sweepOnce(flow: Flow, provider: Provider, run: RunRow): Promise<void> {
  const done = swept.get(flow) ?? new Set()
  swept.set(flow, done)
  const key = `${provider.account} ${run.id}`
  if (done.has(key)) return
  if ((await sweep(flow, provider, run)) === null) done.add(key)
}

/**
 * Compares the provider's list since the run began with the state. A batch that proves to be ours by lineage and
 * nonce is given to its attempt when that still waits for it; otherwise it is a stray: cancelled and reported. One
 * that is not proven ours is never touched. What keeps the list from proving anything is returned: it was refused, or it
 * does not show a batch that is known to exist; null: it can be believed.
 */
export async function sweep(flow: Flow, provider: Provider, run: RunRow): Promise<Blind | null> {
  const { store } = flow
  const listed = await perform(flow.reach, 'sweep.list', () => provider.batches(run.createdAt - marginMs))
  if (listed.kind !== 'accepted') return { isRefused: true, cause: causeOf(listed), words: listed.message }
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
    if (attempt && (await adoptBatch(flow, provider, attempt, batch))) continue
    await cancelStray(flow, provider, batch, { run, attempt: attempt ?? null })
  }
  const hidden = hiddenFrom(
    listed.value,
    attempts.flatMap(({ providerBatchId, account, remoteDeleted }) =>
      providerBatchId !== null && account === provider.account && remoteDeleted === 0
        ? [providerBatchId]
        : [],
    ),
  )
  return hidden === null
    ? null
    : {
        isRefused: false,
        cause: null,
        words: `the list of batches does not show ${hidden}, which is known to exist`,
      }
}

/** Why a provider's list proves nothing. */
export interface Blind {
  readonly isRefused: boolean
  readonly cause: Cause | null
  readonly words: string
}
