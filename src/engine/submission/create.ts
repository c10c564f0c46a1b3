import { OffpeakError } from '../../domain/errors.ts'
import { type After, end, proceed, retryAt, type Step } from '../step/step.ts'
import { withCrashPoints } from '../crash-points.ts'
import { leaveToRealTime } from './deadline.ts'
import { isPastDeadline } from '../job/delivery-mode.ts'
import { quotaKeyOf } from '../job/quota-key.ts'
import { accountOf } from '../step/account.ts'
import { pauseRun } from '../step/pause.ts'
import { causeOf, waitFor, waitOf } from '../step/wait.ts'
import { listIsBlind } from './resolve-unconfirmed.ts'
import { refusal } from '../step/refusal.ts'
import { forgetIntent, noteIntent } from '../step/intents.ts'
import { newBatch } from './new-batch.ts'
import { recordCreated } from './record-created.ts'
import { sweepAhead } from './sweep.ts'
import { takeOver } from './take-over.ts'

/** Time that must be left on the lease when the one paid call is sent; the call itself ends sooner. */
const leaseRoomFraction = 0.5
/** So often a file may be said to be not ready before it is uploaded anew. */
const maxNotReady = 60

/**
 * The one paid call: the intention is durable before it is sent, it is sent once, and whatever is not a clear yes or
 * no leaves the attempt in doubt.
 */
export async function create(step: Step): Promise<After> {
  const { flow, lease, attempt, spec, job, run } = step
  const { store, clock, timings, reach } = flow
  if (attempt.staged === null) throw new OffpeakError('E_BUG', `attempt ${attempt.id} has no uploaded file`)
  // The upload may have taken long.
  if (await sweepAhead(flow, job.accounts, run)) return proceed
  const earlier = await takeOver(step)
  if (earlier) return earlier
  if (run.state === 'cancelling' || run.state === 'paused') return standBack(step)
  if (isPastDeadline(run, spec, clock.now())) return leaveToRealTime(step)
  const quota = await store.quota(quotaKeyOf(spec, job.provider))
  if (quota && quota.notBefore > clock.now()) return retryAt(quota.notBefore)
  const blind = await blindList(step)
  if (blind?.isYoung === true) return retryAt(clock.now() + timings.listingLagMs)
  if (blind) return waitFor(step, { kind: 'list', words: blind.words })
  const file = await job.provider.staged(attempt.staged, lease.signal)
  if (file.kind === 'accepted' && file.value.status === 'pending')
    return waitFor(step, { kind: 'upload', words: `${attempt.staged} is still being processed` })
  if (file.kind === 'accepted' && file.value.status === 'error')
    return anew(step, 'the provider could not read the uploaded file')
  if (file.kind === 'refused' && file.cause === 'gone') return anew(step, 'the uploaded file is gone')
  if (file.kind === 'refused' && (file.cause === 'auth' || file.cause === 'rate')) {
    const after = await refusal(step, file, 'look at the file')
    if (after) return after
  }
  const batch = await store.batch(attempt.runId, attempt.batchN)
  if (!batch) throw new OffpeakError('E_BUG', `attempt ${attempt.id} has no batch`)
  const hash = await noteIntent(step, batch)
  await withCrashPoints(reach, 'create.intent.commit', () =>
    store.move(lease.claim, 'creating', {
      triedAt: clock.now(),
      lookups: 0,
      // Where it is looked for if nobody answers: the key may be another one than when it was let in.
      assignedAccount: job.provider.account,
      ...waitOf(attempt),
    }),
  )
  // A process that was stopped in between must not send on a lease that others have taken over.
  lease.check(timings.leaseMs * leaseRoomFraction)
  const reply = await withCrashPoints(reach, 'create.post', () =>
    job.provider.create(newBatch(step, batch, hash)),
  )
  if (reply.kind === 'accepted') return recordCreated(step, reply.value)
  if (reply.kind === 'unknown') {
    await withCrashPoints(reach, 'doubt.mark.commit', () =>
      store.move(lease.claim, 'in_doubt', { reason: reply.message }),
    )
    return proceed
  }
  await forgetIntent(step)
  if (reply.cause === 'not_ready' || reply.cause === 'away') {
    if (reply.cause === 'not_ready' && attempt.waitTries >= maxNotReady) return anew(step, reply.message)
    await store.move(lease.claim, 'uploaded', waitOf(attempt))
    return waitFor(step, causeOf(reply) ?? { kind: 'service', words: reply.message })
  }
  if (reply.cause === 'rate' || reply.cause === 'token')
    await store.move(lease.claim, 'uploaded', waitOf(attempt))
  const after = await refusal(step, reply, 'batch')
  if (after) return after
  await pauseRun(flow, run, {
    kind: 'provider',
    reason: `${job.provider.name} refused the batch: ${reply.message}`,
  })
  return anew(step, reply.message)
}

/**
 * While the batch of a replaced attempt may still come to light, one batch is created, and no other until the
 * provider's list has shown it.
 */
async function blindList({ flow, run, attempt, job }: Step): ReturnType<typeof listIsBlind> {
  const fenced = await flow.store.attempts(run.id, ['fenced'])
  if (fenced.length === 0) return null
  const open = await flow.store.attempts(run.id, ['creating', 'in_doubt'])
  if (open.some(({ id }) => id !== attempt.id))
    return { words: 'another batch is being made, which the list has to show', isYoung: true }
  const since = Math.max(...fenced.map(({ triedAt, createdAt }) => triedAt ?? createdAt))
  // It may come to light with the account that it was tried with, or come anew with this one.
  const accounts = new Set([
    job.provider,
    ...job.accounts.filter((each) => fenced.some((one) => accountOf(one) === each.account)),
  ])
  for (const each of accounts) {
    const blind = await listIsBlind(flow, each, since)
    if (blind !== null) return blind
  }
  return null
}

function pause({ flow }: Step, ms: number): number {
  return flow.timings.pollEveryMs === null ? ms : Math.min(ms, flow.timings.pollEveryMs)
}

/** Nothing was sent and nobody wants it now: what is held goes back. */
function standBack(step: Step): Promise<After> {
  return anew(step, 'the run stopped before the batch was created')
}

async function anew(step: Step, reason: string): Promise<After> {
  const { flow, lease, attempt, job } = step
  if (attempt.staged !== null) await job.provider.discard(attempt.staged, lease.signal)
  await withCrashPoints(flow.reach, 'quota.void.commit', () =>
    flow.store.voidAttempt(lease.claim, {
      reason,
      now: flow.clock.now(),
      again: { nonce: flow.random.id(16), nextAt: flow.clock.now() + pause(step, 5_000) },
      outcome: null,
    }),
  )
  return end
}
