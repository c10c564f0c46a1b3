import { endingIn } from '../../domain/attempt.ts'
import { answerFile, bytesOf } from '../files/durable-file.ts'
import { type Effect, withCrashPoints } from '../crash-points.ts'
import { belongsToAnother, otherAccount } from '../step/account.ts'
import { type After, proceed, type Step } from '../step/step.ts'
import { causeOf, isAcceptedSince, missingAnswers, waitFor, waitIsOver } from '../step/wait.ts'
import { boundOf } from '../answers/answer-bound.ts'
import { rejected } from './rejected.ts'

/** For so long after its batch has ended, a file that may not be read yet is taken for one that is not there yet. */
const notYetMs = 600_000

/**
 * The step that downloads the files of a finished batch: output and error file, in every end state, because a completed
 * batch can have failed throughout and an expired one has paid answers. How the batch ended is decided by its status
 * and what its service says, never by which files it names.
 */
export async function collect(step: Step): Promise<After> {
  const { flow, lease, attempt } = step
  const output = await fetchFile(step, 'output', attempt.outputPart)
  if ('kind' in output) return output
  const errors = await fetchFile(step, 'error', attempt.errorPart)
  if ('kind' in errors) return errors
  const isEmpty = output.bytes + errors.bytes === 0 && !output.isGivenUp && !errors.isGivenUp
  const hasRun = attempt.remoteUsage !== null || attempt.remoteCompleted > 0
  if (attempt.state === 'failed' && isEmpty && !hasRun) return rejected(step)
  await withCrashPoints(flow.reach, 'collect.commit', () =>
    flow.store.move(lease.claim, 'collected', {
      outputBytes: output.bytes,
      errorBytes: errors.bytes,
      collectedAt: attempt.collectedAt ?? flow.clock.now(),
      mergedBytes: 0,
      ending: attempt.state === 'lost' ? 'lost' : (attempt.ending ?? endingIn(attempt.state)),
      ...missingAnswers(attempt),
    }),
  )
  await waitIsOver(step)
  return proceed
}

/** A file that is on disk now (0 bytes: there is none), or that a person has given up. */
interface Fetched {
  readonly bytes: number
  readonly isGivenUp: boolean
}

const givenUp: Fetched = { bytes: 0, isGivenUp: true }

/** The file, or what to do instead. */
async function fetchFile(
  step: Step,
  kind: 'output' | 'error',
  fileId: string | null,
): Promise<Fetched | After> {
  const { flow, lease, attempt, job, spec } = step
  const path = answerFile(flow.filesDir, attempt, kind)
  // What was asked one by one is on disk already, and what a state that is gone has fetched.
  if (fileId === null) return fetched(attempt.providerBatchId === null ? ((await bytesOf(path)) ?? 0) : 0)
  // A file gets its name when it is whole: one that a killed process has fetched is used, whatever its service still has.
  const there = await bytesOf(path)
  if (there !== null) return fetched(there)
  if (attempt.state === 'lost') return givenUp
  const effect: Effect = `collect.${kind}.download`
  const maxBytes = boundOf(await flow.store.batch(attempt.runId, attempt.batchN), spec.maxOutputTokens)
  const reply = await withCrashPoints(flow.reach, effect, () =>
    job.provider.fetch(fileId, path, lease.signal, { maxBytes }),
  )
  if (reply.kind === 'accepted') return fetched(reply.value.bytes)
  const words = `${kind} file ${fileId}: ${reply.message}`
  if (reply.kind === 'refused' && (reply.cause === 'gone' || reply.cause === 'auth')) {
    if (belongsToAnother(attempt, job.provider))
      return attempt.waitsFor === 'account' && isAcceptedSince(attempt)
        ? givenUp
        : waitFor(step, otherAccount(step, words))
    if (attempt.acceptedAt !== null && reply.cause === 'gone') return givenUp
    if (reply.cause === 'gone' || isNotYet(step)) return waitFor(step, { kind: 'answers', words })
  }
  const cause = causeOf(reply)
  // A download that breaks at the same byte each time looks like a network that is away for a moment.
  const isBroken = cause?.kind === 'network' && cause.pauseNow !== true
  if (cause !== null && !isBroken) return waitFor(step, { ...cause, words })
  return attempt.waitsFor === 'download' && isAcceptedSince(attempt)
    ? givenUp
    : waitFor(step, { kind: 'download', words })
}

function fetched(bytes: number): Fetched {
  return { bytes, isGivenUp: false }
}

function isNotYet({ flow, attempt }: Step): boolean {
  return (
    attempt.waitsFor !== 'credentials' &&
    (attempt.waitsFor !== 'answers' || flow.clock.now() - (attempt.waitingSince ?? 0) < notYetMs)
  )
}
