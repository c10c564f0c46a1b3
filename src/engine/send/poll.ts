import type { AttemptState } from '../../domain/attempt.ts'
import { OffpeakError } from '../../domain/errors.ts'
import type { RemoteBatch } from '../../ports/provider.ts'
import { type After, goOn, lookAgain, type Step } from '../step.ts'
import { perform } from '../crash-points.ts'
import { deadlineOf, isPastDeadline } from '../ask/lane.ts'
import { pauseRun } from '../pause.ts'

const awayMs = 5_000
/** So many denials in a row, over `timings.lostAfterMs` at least, until a batch counts as lost. */
const denialsUntilLost = 3

/** Asks the provider how a batch is doing and moves the attempt after it, never backwards. */
export async function poll(step: Step): Promise<After> {
  const { flow, lease, attempt, job, run, spec } = step
  const { clock, reach, timings } = flow
  const id = attempt.providerBatchId
  if (id === null)
    throw new OffpeakError('E_BUG', `attempt ${attempt.id} has no batch id`, { money: 'unknown' })
  const isOut = run.state === 'cancelling' || isPastDeadline(run, spec, clock.now())
  if (isOut && attempt.state !== 'cancelling') {
    const cancelled = await perform(reach, 'cancel.post', () => job.provider.cancel(id, lease.signal))
    // Too late to cancel is not an error: the batch is read as it ended.
    if (cancelled.kind === 'accepted') return follow(step, cancelled.value)
  }
  const reply = await perform(reach, 'poll.get', () => job.provider.batch(id, lease.signal))
  if (reply.kind === 'accepted') return follow(step, reply.value)
  const now = clock.now()
  if (reply.kind === 'refused' && reply.cause === 'gone') return denied(step, now)
  if (reply.kind === 'refused') {
    if (reply.cause === 'rate') return lookAgain(now + (reply.retryAfterMs ?? awayMs))
    if (reply.cause === 'auth') {
      await pauseRun(flow, run, {
        kind: 'credentials',
        reason: `${job.provider.name} refused the key: ${reply.message}`,
      })
    }
  }
  return lookAgain(now + Math.max(timings.pollEveryMs ?? 0, Math.min(awayMs, pollPause(step))))
}

async function denied({ flow, lease, attempt }: Step, now: number): Promise<After> {
  const { timings, store, reach } = flow
  if (attempt.looks === 0) {
    await store.saveAttempt(lease.claim, { looks: 1, fencedAt: now })
  } else if (attempt.looks >= denialsUntilLost && now - (attempt.fencedAt ?? now) >= timings.lostAfterMs) {
    await perform(reach, 'poll.commit', () =>
      store.move(lease.claim, 'lost', { reason: 'the provider no longer knows the batch' }),
    )
    return goOn
  } else {
    await store.saveAttempt(lease.claim, { looks: attempt.looks + 1 })
  }
  return lookAgain(now + timings.lostAfterMs / denialsUntilLost)
}

const order = ['created', 'validating', 'in_progress', 'finalizing', 'cancelling'] as const

async function follow(step: Step, batch: RemoteBatch): Promise<After> {
  const { flow, lease, attempt } = step
  const { store, reach } = flow
  const rank = (state: string): number => order.findIndex((name) => name === state)
  // A status that goes backwards is a late answer; the furthest one seen stands.
  const behind = rank(batch.state) >= 0 && rank(batch.state) < rank(attempt.state)
  const to = behind ? attempt.state : batch.state
  await perform(reach, 'poll.commit', () =>
    store.move(lease.claim, to, {
      remoteTotal: Math.max(batch.counts?.total ?? 0, attempt.remoteTotal),
      remoteCompleted: Math.max(batch.counts?.completed ?? 0, attempt.remoteCompleted),
      remoteFailed: Math.max(batch.counts?.failed ?? 0, attempt.remoteFailed),
      expiresAt: batch.expiresAtMs ?? attempt.expiresAt,
      outputFileId: batch.outputFileId,
      errorFileId: batch.errorFileId,
      looks: 0,
      fencedAt: null,
      ...(batch.errors.length > 0 ? { reason: JSON.stringify(batch.errors.slice(0, 50)) } : {}),
    }),
  )
  if (rank(to) >= 0) return lookAgain(nextPoll(step, to))
  await store.freeTokens(lease.claim)
  return goOn
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
