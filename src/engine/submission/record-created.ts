import type { RemoteBatch } from '../../ports/provider/batch-service.ts'
import { withCrashPoints } from '../crash-points.ts'
import { type After, end, proceed, type Step } from '../step/step.ts'
import { waitIsOver } from '../step/wait.ts'
import { duplicateCost } from './orphaned-batch.ts'

/**
 * The note of the fact that the batch exists. When the attempt has gone on without it, the batch is a stray and is
 * cancelled.
 */
export async function recordCreated(step: Step, batch: RemoteBatch): Promise<After> {
  const { flow, attempt, job, run, spec } = step
  const now = flow.clock.now()
  const noted = await withCrashPoints(flow.reach, 'create.record.commit', () =>
    flow.store.recordCreated(attempt.id, attempt.nonce, {
      providerBatchId: batch.id,
      account: job.provider.account,
      expiresAt: batch.expiresAtMs,
      nextAt: null,
      epoch: step.lease.claim.epoch,
    }),
  )
  if (noted) {
    await waitIsOver(step)
    return proceed
  }
  const cancelled = await job.provider.cancel(batch.id)
  await flow.store.recordDuplicate(
    attempt.id,
    run.id,
    run.job,
    duplicateCost(batch, cancelled, spec.price, attempt.reservedMicroUsd),
    now,
    `batch ${batch.id} was made twice and cancelled`,
  )
  await flow.store.addEvent(run.id, now, 'duplicate', { batch: batch.id })
  return end
}
