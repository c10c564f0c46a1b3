import type { Intent } from '../../domain/intent.ts'
import type { RemoteBatch } from '../../ports/provider/batch-service.ts'
import type { AttemptRow, BatchRow, RunRow } from '../../ports/state.ts'
import { withCrashPoints } from '../crash-points.ts'
import type { Flow } from '../flow.ts'
import { inputHash, notedIntents, readIntent, removeIntents, writeIntent } from '../files/intent-files.ts'
import type { Step } from './step.ts'

/**
 * The hash of a file's content, once the intent to send it is noted beside the state: a state that is restored to an
 * earlier time, or begun anew, finds by that note what was paid. The hash of the file's content is returned, which its
 * batch carries at the provider too.
 */
export async function noteIntent(step: Step, batch: Pick<BatchRow, 'tag' | 'requests'>): Promise<string> {
  const { flow, attempt, run, spec, job } = step
  const { store, filesDir, clock, reach } = flow
  const hash = await inputHash(filesDir, batch.tag)
  const number = await store.nextIntent()
  const { nonce, id: attemptId, batchN, staged: fileId, filename, reservedMicroUsd } = attempt
  await withCrashPoints(reach, 'intent.write', () =>
    writeIntent(filesDir, {
      number,
      projectId: store.projectId,
      runId: run.id,
      job: run.job,
      batchN,
      attemptId,
      nonce,
      tag: attempt.idTag ?? batch.tag,
      inputHash: hash,
      deliveryMode: spec.deliveryMode,
      filename,
      staged: fileId,
      account: job.provider.account,
      requests: batch.requests,
      maxCostMicroUsd: reservedMicroUsd,
      at: clock.now(),
    }),
  )
  return hash
}

/**
 * The import of intents that lie beside the state and that it does not know: it was restored to an earlier time, or it
 * is new where files are. The numbers decide, never a clock. The number of a try is counted just before its note is
 * written, and the state that says so may be one that was kept between the two: a note of a file that was not sent, as
 * far as the state knows, is an unknown one too.
 */
export async function learnIntents(
  { store, filesDir }: Pick<Flow, 'store' | 'filesDir'>,
  unsent: Pick<AttemptRow, 'nonce'>,
): Promise<void> {
  // The notes are listed before the count is read: in a state that goes forward none of them is ahead of it.
  const noted = await notedIntents(filesDir)
  if (noted.length === 0) return
  const counted = await store.intentCount()
  const unknown = noted.filter(({ number, nonce }) => number > counted || nonce === unsent.nonce)
  const read = await Promise.all(unknown.map(readIntent))
  const intents = read.flatMap((intent) =>
    intent === null ? [] : [{ ...intent, wasCounted: intent.number <= counted }],
  )
  if (intents.length > 0) await store.keepIntents(intents)
}

/** The removal of the notes of a try that was clearly refused: nothing can come of it, whichever state is asked. */
export async function forgetIntent({ flow, attempt }: Pick<Step, 'flow' | 'attempt'>): Promise<void> {
  const noted = await notedIntents(flow.filesDir)
  await removeIntents(noted.filter(({ nonce }) => nonce === attempt.nonce))
}

/** The intent that a listed batch carries, if any; a batch of an earlier version carries less of it, and is known by its nonce alone. */
export function intentOf(
  batch: RemoteBatch,
  run: Pick<RunRow, 'id' | 'job'>,
  account: string,
): readonly Intent[] {
  const { metadata } = batch
  const nonce = metadata['offpeak_nonce']
  if (nonce === undefined) return []
  const [tag = '', inputHash = ''] = (metadata['offpeak_input'] ?? '').split('.')
  const intent: Intent = {
    number: 0,
    projectId: metadata['offpeak'] ?? '',
    runId: metadata['offpeak_run'] ?? run.id,
    job: metadata['offpeak_job'] ?? run.job,
    batchN: Number(metadata['offpeak_batch'] ?? 0),
    attemptId: Number(metadata['offpeak_attempt'] ?? 0),
    nonce,
    tag,
    inputHash,
    deliveryMode: 'batch',
    filename: null,
    staged: batch.staged,
    account,
    requests: batch.counts?.total ?? 0,
    maxCostMicroUsd: 0,
    at: batch.createdAtMs ?? 0,
  }
  return [intent]
}

/** No value of a batch's metadata may be longer (OpenAI, API reference of batches). */
const maxMetadata = 512

/** The name of a job as its batches carry it at the provider. */
export function jobMark(job: string): string {
  return job.slice(0, maxMetadata).toWellFormed()
}

/** The mark of a file that its batch carries at the provider. */
export function inputMark(tag: string, hash: string): string {
  return `${tag}.${hash}`
}

/** The hash of what a listed batch asks; null: it does not tell. */
export function inputHashOf({ metadata }: Pick<RemoteBatch, 'metadata'>): string | null {
  return metadata['offpeak_input']?.split('.')[1] ?? null
}
