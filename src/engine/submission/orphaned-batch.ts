import { costOfManyPicoUsd, microFromPico, type Price } from '../../domain/money.ts'
import type { Provider } from '../../ports/provider/provider.ts'
import type { RemoteBatch } from '../../ports/provider/batch-service.ts'
import type { Reply } from '../../ports/provider/reply.ts'
import type { AttemptRow, RunRow } from '../../ports/state.ts'
import type { Flow } from '../flow.ts'
import { specOf } from '../spec.ts'

/** Whether the provider has done with a batch, or is about to. */
export function isOver({ state }: Pick<RemoteBatch, 'state'>): boolean {
  return ['completed', 'failed', 'expired', 'cancelled', 'cancelling'].includes(state)
}

/**
 * Micro-dollars that a batch cost which was made beside another one of the same file: its own usage where it tells;
 * nothing where it was cancelled while it was validated; else all that was reserved for the file.
 */
export function duplicateCost(
  batch: Pick<RemoteBatch, 'usage' | 'state'>,
  cancelled: Reply<RemoteBatch> | null,
  price: Price | null,
  reservedMicroUsd: number,
): number {
  const last = cancelled?.kind === 'accepted' ? cancelled.value : batch
  if (last.usage !== null && price !== null) return microFromPico(costOfManyPicoUsd(price, last.usage))
  if (batch.state === 'failed') return 0
  // While it is validated nothing runs; later, counts of zero prove nothing.
  const isStopped = cancelled?.kind === 'accepted' && batch.state === 'validating'
  return isStopped ? 0 : reservedMicroUsd
}

/**
 * Whether a batch that was found at the provider became that of its attempt. False: the attempt does not wait for it
 * any more.
 */
export async function adoptBatch(
  { store, clock }: Pick<Flow, 'store' | 'clock'>,
  provider: Pick<Provider, 'account'>,
  attempt: AttemptRow,
  batch: RemoteBatch,
): Promise<boolean> {
  const now = clock.now()
  const taken = await store.recordCreated(attempt.id, attempt.nonce, {
    providerBatchId: batch.id,
    account: provider.account,
    expiresAt: batch.expiresAtMs,
    nextAt: now,
  })
  if (taken) await store.addEvent(attempt.runId, now, 'adopted', { batch: batch.id, attempt: attempt.id })
  return taken
}

/** An orphaned batch that was cancelled, and noted where its run is known. Null: it was over already. */
export async function cancelOrphan(
  { store, clock }: Pick<Flow, 'store' | 'clock'>,
  provider: Pick<Provider, 'cancel'>,
  batch: RemoteBatch,
  { run, attempt }: { readonly run: RunRow | null; readonly attempt: AttemptRow | null },
): Promise<Reply<RemoteBatch> | null> {
  const now = clock.now()
  const reply = isOver(batch) ? null : await provider.cancel(batch.id)
  if (run === null) return reply
  const amountMicroUsd = duplicateCost(batch, reply, specOf(run).price, attempt?.reservedMicroUsd ?? 0)
  if (attempt)
    await store.recordDuplicate(
      attempt.id,
      run.id,
      run.job,
      amountMicroUsd,
      now,
      `batch ${batch.id} came to light after its attempt was replaced`,
    )
  await store.addEvent(run.id, now, 'stray', {
    batch: batch.id,
    state: batch.state,
    requests: batch.counts?.total ?? null,
    costMicroUsd: amountMicroUsd,
    cancelled: reply !== null,
  })
  return reply
}

/**
 * The cancellation of batches that were sent a second time for the file of a batch that is still at work, because its
 * first try was replaced: whether it was sent for another round of the file is not in question before the first one is
 * over. What only the provider's list knows may be that of another copy of the project, and is left to it.
 */
export async function cancelTwins(
  flow: Pick<Flow, 'store' | 'clock'>,
  provider: Pick<Provider, 'cancel'>,
  run: RunRow,
  { attempt, batch }: { readonly attempt: AttemptRow; readonly batch: RemoteBatch },
  listed: readonly RemoteBatch[],
): Promise<void> {
  if (isOver(batch)) return
  for (const { nonce, takenBy, number } of await flow.store.unknownIntents(run.job)) {
    const twin = listed.find((other) => other.metadata['offpeak_nonce'] === nonce)
    if (takenBy !== attempt.id || number === 0 || !twin) continue
    await cancelOrphan(flow, provider, twin, { run, attempt })
    await flow.store.closeIntents([nonce])
  }
}
