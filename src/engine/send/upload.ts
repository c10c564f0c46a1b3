import { OffpeakError } from '../../domain/errors.ts'
import type { RemoteFile, Reply } from '../../ports/provider.ts'
import { type After, goOn, lookAgain, type Step } from '../step.ts'
import { requestFile } from '../requests/artefacts.ts'
import { perform } from '../crash-points.ts'
import { refusal } from './refusal.ts'

/** Pause before an upload that failed is tried again. */
const againMs = 5_000

/**
 * Puts the file at the provider under a name that carries the attempt's nonce. An upload that may have arrived
 * before is looked for by that name and adopted: uploading twice costs no tokens, but leaves files behind.
 */
export async function upload(step: Step): Promise<After> {
  const { flow, lease, attempt, job } = step
  const filename = attempt.filename ?? ''
  const batch = await flow.store.batch(attempt.runId, attempt.batchN)
  if (!batch) throw new OffpeakError('E_BUG', `attempt ${attempt.id} has no batch`)
  if (attempt.state === 'reserved') {
    await perform(flow.reach, 'upload.intent.commit', () => flow.store.move(lease.claim, 'uploading', {}))
  } else {
    const found = await job.provider.findUploads(filename, lease.signal)
    if (found.kind !== 'accepted') return retryLater(step, found)
    const [match, ...surplus] = found.value.filter(
      (file) => file.filename === filename && file.bytes === batch.bytes,
    )
    for (const file of surplus) await job.provider.deleteFile(file.id, lease.signal)
    if (match) return record(step, match)
  }
  const path = requestFile(flow.filesDir, batch.tag)
  lease.check()
  const sent = await perform(flow.reach, 'upload.post', () =>
    job.provider.upload({ path, bytes: batch.bytes, filename }, lease.signal),
  )
  return sent.kind === 'accepted' ? record(step, sent.value) : retryLater(step, sent)
}

async function record(step: Step, file: RemoteFile): Promise<After> {
  const { flow, lease } = step
  try {
    await perform(flow.reach, 'upload.record.commit', () =>
      flow.store.move(lease.claim, 'uploaded', { fileId: file.id, looks: 0 }),
    )
  } catch (thrown) {
    if (thrown instanceof OffpeakError && thrown.code === 'E_FENCED') await withdraw(step, file)
    throw thrown
  }
  return goOn
}

/** Whoever has taken over has a file of its own by now: this one, which came late, is nobody's. */
async function withdraw({ flow, attempt, job }: Step, late: RemoteFile): Promise<void> {
  const now = await flow.store.attempt(attempt.id)
  const isUnused = now?.state === 'void' || (now?.fileId !== null && now?.fileId !== late.id)
  if (isUnused) await job.provider.deleteFile(late.id)
}

async function retryLater(step: Step, reply: Exclude<Reply<unknown>, { kind: 'accepted' }>): Promise<After> {
  const { flow, attempt, lease } = step
  if (reply.kind === 'refused') {
    const after = await refusal(step, reply, 'upload')
    if (after) return after
  }
  await flow.store.saveAttempt(lease.claim, { looks: attempt.looks + 1, reason: `upload: ${reply.message}` })
  return lookAgain(flow.clock.now() + againMs * Math.min(12, 1 + attempt.looks))
}
