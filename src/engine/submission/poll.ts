import { type AttemptState, endingIn } from '../../domain/attempt.ts'
import { OffpeakError } from '../../domain/errors.ts'
import type { Wait } from '../../domain/wait.ts'
import type { RemoteBatch } from '../../ports/provider/batch-service.ts'
import type { Reply } from '../../ports/provider/reply.ts'
import { deadlineOf, isPastDeadline } from '../job/delivery-mode.ts'
import { withCrashPoints } from '../crash-points.ts'
import { type After, proceed, retryAt, type Step } from '../step/step.ts'
import { causeOf, isAcceptedSince, missingAnswers, waitFor, waitIsOver, waitOf } from '../step/wait.ts'
import { lookAtBatch } from './batch-list.ts'
import { belongsToAnother, noteAccount, otherAccount } from '../step/account.ts'

/** Whoever cancels a run does not wait for hours for a batch that its provider denies. */
const deniedWhileCancelling = 3

/** The step that asks the provider for the state of a batch and moves the attempt after it, never backwards. */
export async function poll(step: Step): Promise<After> {
  const { flow, lease, attempt, job, run, spec } = step
  const { clock, reach } = flow
  const id = attempt.providerBatchId
  if (id === null)
    throw new OffpeakError('E_BUG', `attempt ${attempt.id} has no batch id`, { money: 'unknown' })
  const isOut = run.state === 'cancelling' || isPastDeadline(run, spec, clock.now())
  const mayCancel = isOut && attempt.state !== 'cancelling' && attempt.ending === null
  if (mayCancel && (await flow.store.isOfAnotherCopy(attempt.nonce))) {
    // It is left to the one that has made it, and may still need it; here a person wants it no more.
    if (run.state === 'cancelling') return giveUp(step)
  } else if (mayCancel) {
    const cancelled = await withCrashPoints(reach, 'cancel.post', () => job.provider.cancel(id, lease.signal))
    // Too late to cancel is not an error: the batch is read as it ended.
    if (cancelled.kind === 'accepted') return follow(step, cancelled.value)
  }
  const madeAt = attempt.triedAt ?? attempt.createdAt
  const reply = await withCrashPoints(reach, 'poll.get', () =>
    lookAtBatch(flow, job.provider, { id, madeAt }, lease.signal),
  )
  return reply.kind === 'accepted' ? follow(step, reply.value) : unanswered(step, reply)
}

/** Nothing that a service says in place of a batch that was made proves that it is not there. */
async function unanswered(
  step: Step,
  reply: Exclude<Reply<RemoteBatch>, { kind: 'accepted' }>,
): Promise<After> {
  const { attempt, job, run } = step
  const isDenied = reply.kind === 'refused' && (reply.cause === 'gone' || reply.cause === 'auth')
  if (isDenied && belongsToAnother(attempt, job.provider))
    return attempt.waitsFor === 'account' && isAcceptedSince(attempt)
      ? giveUp(step)
      : waitFor(step, otherAccount(step, reply.message))
  if (reply.kind === 'refused' && reply.cause === 'gone' && isYoung(step))
    return waitFor(step, { kind: 'batch', words: reply.message })
  if (reply.kind === 'refused' && reply.cause === 'gone') {
    // Its files may outlive it.
    if (
      attempt.ending !== null &&
      attempt.ending !== 'lost' &&
      (attempt.outputPart ?? attempt.errorPart) !== null
    )
      return move(step, attempt.ending)
    if (
      attempt.acceptedAt !== null ||
      (run.state === 'cancelling' && attempt.waitTries >= deniedWhileCancelling)
    )
      return giveUp(step)
    return waitFor(step, { kind: 'batch', words: reply.message })
  }
  return waitFor(step, causeOf(reply) ?? { kind: 'service', words: reply.message })
}

/** Whether it was made so short a time ago that its service may not show it yet. */
function isYoung({ flow, job, attempt }: Step): boolean {
  const madeAt = attempt.triedAt ?? attempt.createdAt
  return flow.clock.now() - madeAt < (job.provider.limits.unseenMs ?? 0)
}

/** A person takes it as it is: its answers count as possibly paid, and are looked for again when somebody asks. */
async function giveUp({ flow, lease }: Step): Promise<After> {
  await withCrashPoints(flow.reach, 'poll.commit', () =>
    flow.store.move(lease.claim, 'lost', { ending: 'lost' }),
  )
  return proceed
}

const order = ['created', 'validating', 'in_progress', 'finalizing', 'cancelling'] as const

function rank(state: string): number {
  return order.findIndex((name) => name === state)
}

async function follow(step: Step, batch: RemoteBatch): Promise<After> {
  const { attempt } = step
  await noteAccount(step)
  // A status that goes backwards is a late answer; the furthest one seen stands.
  const behind = rank(batch.state) >= 0 && rank(batch.state) < rank(attempt.state)
  const to = behind ? attempt.state : batch.state
  if (rank(to) < 0 && isWithoutFiles(step, batch)) {
    await keep(step, 'finalizing', batch, waitOf(attempt))
    return waitFor(step, { kind: 'answers', words: `${batch.id} is ${batch.state} and names no file` })
  }
  await keep(step, to, batch, missingAnswers(attempt))
  await waitIsOver(step)
  if (rank(to) >= 0) return retryAt(nextPoll(step, to))
  await step.flow.store.freeTokens(step.lease.claim)
  return proceed
}

/** A batch that is completed has a file; one that names none yet is asked again, until a person takes it as it is. */
function isWithoutFiles({ attempt }: Step, batch: RemoteBatch): boolean {
  return (
    batch.state === 'completed' &&
    batch.outputPart === null &&
    batch.errorPart === null &&
    attempt.acceptedAt === null
  )
}

async function keep(step: Step, to: AttemptState, batch: RemoteBatch, wait: Wait): Promise<void> {
  const { flow, lease, attempt } = step
  const { counts } = batch
  const hasEnded = rank(batch.state) < 0
  await withCrashPoints(flow.reach, 'poll.commit', () =>
    flow.store.move(lease.claim, to, {
      remoteTotal: Math.max(counts?.total ?? 0, attempt.remoteTotal),
      remoteCompleted: Math.max(counts?.completed ?? 0, attempt.remoteCompleted),
      remoteFailed: Math.max(counts?.failed ?? 0, attempt.remoteFailed),
      remoteUsage: batch.usage === null ? attempt.remoteUsage : JSON.stringify(batch.usage),
      expiresAt: batch.expiresAtMs ?? attempt.expiresAt,
      outputPart: batch.outputPart ?? attempt.outputPart,
      errorPart: batch.errorPart ?? attempt.errorPart,
      ...(hasEnded ? { ending: endingIn(batch.state) } : {}),
      ...(batch.errors.length > 0 ? { errors: JSON.stringify(batch.errors.slice(0, 50)) } : {}),
      ...wait,
    }),
  )
}

async function move({ flow, lease, attempt }: Step, to: AttemptState): Promise<After> {
  await withCrashPoints(flow.reach, 'poll.commit', () => flow.store.move(lease.claim, to, waitOf(attempt)))
  return proceed
}

/** At the deadline a batch is cancelled, however rarely it is asked for. */
function nextPoll(step: Step, state: AttemptState): number {
  const now = step.flow.clock.now()
  const next = now + pollPause(step)
  const deadline = state === 'cancelling' ? null : deadlineOf(step.run, step.spec)
  return deadline !== null && deadline > now ? Math.min(next, deadline) : next
}

function pollPause({ flow, job }: Step): number {
  return flow.timings.pollEveryMs ?? job.provider.limits.pollEveryMs
}
