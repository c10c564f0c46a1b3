import { OffpeakError } from '../../domain/errors.ts'
import type { StagedFile } from '../../ports/provider/batch-service.ts'
import type { Reply } from '../../ports/provider/reply.ts'
import { type After, end, proceed, retryAt, type Step } from '../step/step.ts'
import { requestFile } from '../files/durable-file.ts'
import { checkRequestFile } from '../files/file-lines.ts'
import { withCrashPoints } from '../crash-points.ts'
import { causeOf, waitFor } from '../step/wait.ts'
import { refusal } from '../step/refusal.ts'

/** A paused run sends nothing; somebody who resumes it wakes what waits. */
const pausedMs = 300_000

/**
 * The step that uploads the file under a name that carries the attempt's nonce. An upload that may have arrived before
 * is looked for by that name and adopted: uploading twice costs no tokens, but leaves files behind.
 */
export async function upload(step: Step): Promise<After> {
  const { flow, lease, attempt, job, run } = step
  if (run.state === 'cancelling') return drop(step)
  if (run.state === 'paused') return retryAt(flow.clock.now() + pausedMs)
  const filename = attempt.filename ?? ''
  const batch = await flow.store.batch(attempt.runId, attempt.batchN)
  if (!batch) throw new OffpeakError('E_BUG', `attempt ${attempt.id} has no batch`)
  if (attempt.state === 'reserved') {
    await withCrashPoints(flow.reach, 'upload.intent.commit', () =>
      flow.store.move(lease.claim, 'uploading', { assignedAccount: job.provider.account }),
    )
  } else {
    const found = await job.provider.findStaged(filename, lease.signal)
    // A service that does not list files can still take one.
    if (found.kind !== 'accepted' && causeOf(found) !== null) return retryLater(step, found)
    const [match, ...surplus] =
      found.kind === 'accepted'
        ? found.value.filter(
            (file) => file.filename === filename && (file.bytes === null || file.bytes === batch.bytes),
          )
        : []
    for (const file of surplus) await job.provider.discard(file.id, lease.signal)
    if (match) return record(step, match)
  }
  const path = requestFile(flow.filesDir, batch.tag)
  await checkRequestFile(flow.filesDir, batch.tag, batch.bytes)
  lease.check()
  const sent = await withCrashPoints(flow.reach, 'upload.post', () =>
    job.provider.stage({ path, bytes: batch.bytes, filename }, lease.signal),
  )
  return sent.kind === 'accepted' ? record(step, sent.value) : retryLater(step, sent)
}

/** Nobody wants it any more; a file that arrived all the same costs nothing, and is removed by its name later. */
async function drop({ flow, lease }: Step): Promise<After> {
  const reason = 'cancelled before it was sent'
  await withCrashPoints(flow.reach, 'cancel.void.commit', () =>
    flow.store.voidAttempt(lease.claim, {
      reason,
      now: flow.clock.now(),
      again: null,
      outcome: { outcome: 'cancelled', reason },
    }),
  )
  return end
}

async function record(step: Step, file: StagedFile): Promise<After> {
  const { flow, lease, run } = step
  try {
    await withCrashPoints(flow.reach, 'upload.record.commit', () =>
      flow.store.move(lease.claim, 'uploaded', { staged: file.id, lookups: 0 }),
    )
  } catch (thrown) {
    if (thrown instanceof OffpeakError && thrown.code === 'E_FENCED') await withdraw(step, file)
    throw thrown
  }
  // There is room for another file now.
  if (run.state === 'building') await flow.store.changeRun(run.id, ['building'], { nextAt: flow.clock.now() })
  return proceed
}

/** Whoever has taken over has a file of its own by now: this one, which came late, is nobody's. */
async function withdraw({ flow, attempt, job }: Step, late: StagedFile): Promise<void> {
  const now = await flow.store.attempt(attempt.id)
  const isUnused = now?.state === 'void' || (now?.staged !== null && now?.staged !== late.id)
  if (isUnused) await job.provider.discard(late.id)
}

async function retryLater(step: Step, reply: Exclude<Reply<unknown>, { kind: 'accepted' }>): Promise<After> {
  if (reply.kind === 'refused') {
    const after = await refusal(step, reply, 'upload')
    if (after) return after
  }
  const cause = causeOf(reply) ?? { kind: 'refused' as const, words: reply.message }
  return waitFor(step, { ...cause, words: `upload: ${cause.words}` })
}
