import { rm } from 'node:fs/promises'
import { noWait } from '../../domain/wait.ts'
import { withCrashPoints } from '../crash-points.ts'
import { bytesOf } from '../files/durable-file.ts'
import { type After, proceed, type Step } from '../step/step.ts'
import { isAcceptedSince, waitFor } from '../step/wait.ts'
import type { Unanswered } from './merge-results.ts'

/** A file of a batch's answers, as it was fetched. */
interface AnswerFile {
  readonly path: string
  /** Its length. */
  readonly bytes: number
  /** How many bytes of the batch's answers are in the files before it. */
  readonly base: number
}

/** The answers of a batch that are on disk. */
interface AnswersAtHand {
  readonly kind: 'at_hand'
  readonly files: readonly AnswerFile[]
  /** What the requests are whose answers are lost for good; null: no answer is. */
  readonly lost: Unanswered | null
}

/**
 * The answers of a batch on our disk, or what is to be done instead where a file of them is not there any more as it was:
 * they are fetched again, because nothing at the provider is deleted before they are merged. Answers that nobody else has
 * are waited for until the file is put back, or a person does without them: then they may have been paid.
 */
export async function answersAtHand(
  step: Step,
  files: readonly AnswerFile[],
): Promise<AnswersAtHand | After> {
  const { flow, lease, attempt, run } = step
  const sizes = await Promise.all(files.map(async ({ path, bytes }) => (bytes === 0 ? 0 : bytesOf(path))))
  const [first] = files.filter(({ bytes }, index) => sizes[index] !== bytes)
  if (first === undefined) return { kind: 'at_hand', files, lost: null }
  if (attempt.providerBatchId === null) {
    const isGivenUp =
      run.state === 'cancelling' || (attempt.waitsFor === 'answers' && isAcceptedSince(attempt))
    if (!isGivenUp)
      return waitFor(step, {
        kind: 'answers',
        words: `a file of answers is not there any more as it was written; ${first.path}; put it back: these answers are nowhere else`,
        pauseNow: true,
      })
    return {
      kind: 'at_hand',
      files: files.map((file, index) => ({ ...file, bytes: Math.min(file.bytes, sizes[index] ?? 0) })),
      lost: { outcome: 'lost', reason: 'its answer was kept in a file that is lost, and is nowhere else' },
    }
  }
  // A longer one was fetched after this state was kept, and may be at hand nowhere else: it is read instead.
  for (const [index, { path, bytes }] of files.entries())
    if ((sizes[index] ?? 0) < bytes) await rm(path, { force: true })
  await withCrashPoints(flow.reach, 'merge.again.commit', () =>
    flow.store.lookForAnswers(lease.claim, { fetches: attempt.fetches, wait: noWait, happened: null }),
  )
  return proceed
}
