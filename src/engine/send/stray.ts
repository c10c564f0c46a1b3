import type { Provider, RemoteBatch, Reply } from '../../ports/provider.ts'
import type { AttemptRow, RunRow } from '../../ports/state.ts'
import type { Flow } from '../flow.ts'

/** Whether the provider has done with a batch, or is about to. */
export function isOver({ state }: Pick<RemoteBatch, 'state'>): boolean {
  return ['completed', 'failed', 'expired', 'cancelled', 'cancelling'].includes(state)
}

/** Gives a batch that was found at the provider to its attempt. False: the attempt does not wait for it any more. */
export async function adoptBatch(
  { store, clock }: Pick<Flow, 'store' | 'clock'>,
  attempt: AttemptRow,
  batch: RemoteBatch,
): Promise<boolean> {
  const now = clock.now()
  const taken = await store.recordCreated(attempt.id, attempt.nonce, {
    providerBatchId: batch.id,
    expiresAt: batch.expiresAtMs,
    nextAt: now,
  })
  if (taken) await store.addEvent(attempt.runId, now, 'adopted', { batch: batch.id, attempt: attempt.id })
  return taken
}

/** Cancels a batch of ours that nothing waits for, and notes it where its run is known. Null: it was over already. */
export async function cancelStray(
  { store, clock }: Pick<Flow, 'store' | 'clock'>,
  provider: Pick<Provider, 'cancel'>,
  batch: RemoteBatch,
  { run, attempt }: { readonly run: RunRow | null; readonly attempt: AttemptRow | null },
): Promise<Reply<RemoteBatch> | null> {
  const now = clock.now()
  const reply = isOver(batch) ? null : await provider.cancel(batch.id)
  if (run === null) return reply
  if (attempt)
    await store.recordDuplicate(
      attempt.id,
      run.id,
      run.job,
      0,
      now,
      `batch ${batch.id} came to light after its attempt was replaced`,
    )
  await store.addEvent(run.id, now, 'stray', {
    batch: batch.id,
    state: batch.state,
    requests: batch.counts?.total ?? 0,
    cancelled: reply !== null,
  })
  return reply
}
