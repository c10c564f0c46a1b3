import type { RemoteBatch, Reply } from '../../ports/provider.ts'
import { type After, end, goOn, lookAgain, type Step } from '../step.ts'
import { perform } from '../crash-points.ts'

/** Clocks of two machines may differ by so much. */
const skewMs = 600_000

/**
 * Finds out whether a create that nobody answered was done: the provider's list is searched for the attempt's nonce
 * or its own input file, again after a while, then the input file is deleted so that a late create cannot succeed,
 * and once more; only then is the file sent anew. What the attempt reserved stays reserved meanwhile.
 */
export async function resolveDoubt(step: Step): Promise<After> {
  const { flow, lease, attempt, job } = step
  const { store, clock, timings, reach } = flow
  if (attempt.state === 'creating') {
    await perform(reach, 'doubt.mark.commit', () =>
      store.move(lease.claim, 'in_doubt', { reason: 'the process ended while the batch was being created' }),
    )
  }
  const triedAt = attempt.triedAt ?? attempt.createdAt
  const listed = await perform(reach, 'doubt.list', () =>
    job.provider.batches(triedAt - skewMs, lease.signal),
  )
  if (listed.kind !== 'accepted') return lookAgain(clock.now() + Math.min(5_000, timings.listingLagMs))
  const [oldest, ...others] = ours(listed, attempt.nonce, attempt.fileId)
  if (oldest) return adopt(step, oldest, others)

  const pause = timings.settleMs[attempt.looks]
  if (pause !== undefined) {
    await store.saveAttempt(lease.claim, { looks: attempt.looks + 1 })
    return lookAgain(clock.now() + pause)
  }
  if (attempt.fencedAt === null && job.provider.limits.fenceByDelete && attempt.fileId !== null) {
    const fileId = attempt.fileId
    const deleted = await perform(reach, 'doubt.fence.delete', () =>
      job.provider.deleteFile(fileId, lease.signal),
    )
    const gone = deleted.kind === 'accepted' || (deleted.kind === 'refused' && deleted.cause === 'gone')
    if (!gone) return lookAgain(clock.now() + timings.listingLagMs)
    await perform(reach, 'doubt.fence.commit', () =>
      store.saveAttempt(lease.claim, { fencedAt: clock.now() }),
    )
    return lookAgain(clock.now() + timings.listingLagMs)
  }
  await perform(reach, 'doubt.replace.commit', () =>
    store.replaceAttempt(lease.claim, { nonce: flow.chance.id(16), now: clock.now() }),
  )
  return end
}

/** The batches in a list that were made by one attempt, oldest first. */
export function ours(
  listed: Extract<Reply<readonly RemoteBatch[]>, { kind: 'accepted' }>,
  nonce: string,
  fileId: string | null,
): readonly RemoteBatch[] {
  return listed.value
    .filter(
      (batch) =>
        batch.metadata['offpeak_nonce'] === nonce || (fileId !== null && batch.inputFileId === fileId),
    )
    .toSorted((a, b) => (a.createdAtMs ?? 0) - (b.createdAtMs ?? 0))
}

async function adopt(
  { flow, attempt, job, run }: Step,
  batch: RemoteBatch,
  others: readonly RemoteBatch[],
): Promise<After> {
  const now = flow.clock.now()
  await perform(flow.reach, 'doubt.adopt.commit', () =>
    flow.store.recordCreated(attempt.id, attempt.nonce, {
      providerBatchId: batch.id,
      expiresAt: batch.expiresAtMs,
      nextAt: null,
    }),
  )
  await flow.store.addEvent(run.id, now, 'adopted', { batch: batch.id, attempt: attempt.id })
  for (const other of others) {
    await job.provider.cancel(other.id)
    await flow.store.recordDuplicate(
      attempt.id,
      run.id,
      run.job,
      0,
      now,
      `batch ${other.id} was made for the same file as ${batch.id} and cancelled`,
    )
    await flow.store.addEvent(run.id, now, 'duplicate', { batch: other.id })
  }
  return goOn
}
