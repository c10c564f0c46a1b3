import { noWait, type Wait } from '../../domain/wait.ts'
import type { Reply } from '../../ports/provider/reply.ts'
import type { After, Step } from './step.ts'
import { withCrashPoints } from '../crash-points.ts'
import { quotaKeyOf } from '../job/quota-key.ts'
import { placesOf } from './places.ts'
import { pauseRun } from './pause.ts'
import { backoffMs } from '../../planning/waiting/backoff.ts'
import { causeOf, waitFor } from './wait.ts'

type Refused = Extract<Reply<unknown>, { kind: 'refused' }>

/** The longest pause for tokens to come free. */
const maxQuotaPauseMs = 600_000

/**
 * The response of every call to a refusal that concerns the account and not the request: a person is asked once, and no
 * record fails for it. Null: the caller decides.
 */
export async function refusal(step: Step, refused: Refused, what: string): Promise<After | null> {
  const { flow, run, job } = step
  const now = flow.clock.now()
  if (refused.cause === 'auth' || refused.cause === 'account') {
    if (await othersGoOn(step, refused.message))
      return giveBack(step, `the ${what} was refused: ${refused.message}`, now)
    await pauseRun(flow, run, {
      kind: refused.cause === 'auth' ? 'credentials' : 'provider',
      reason: `${job.provider.name} refused the ${what}: ${refused.message}`,
    })
    return giveBack(step, `the ${what} was refused: ${refused.message}`, now + maxQuotaPauseMs)
  }
  if (refused.cause === 'quota') return waitForQuota(step, refused.message, refused.limitTokens ?? null)
  if (refused.cause === 'rate') {
    const after = await waitFor(step, {
      kind: 'rate',
      words: refused.message,
      retryAfterMs: refused.retryAfterMs,
    })
    // Shared by all processes: the next one that wants in waits as well.
    if (after.kind === 'at')
      await flow.store.setQuota(quotaKeyOf(step.spec, job.provider), { notBefore: after.at })
    return after
  }
  if (refused.cause === 'token')
    return waitFor(step, causeOf(refused) ?? { kind: 'token', words: refused.message })
  return null
}

/** The provider has too many enqueued tokens of ours: the same bytes wait, nothing counts as failed. */
export async function waitForQuota(step: Step, message: string, limitTokens: number | null): Promise<After> {
  const { flow, spec, attempt, run, job } = step
  if (limitTokens !== null) await flow.store.setQuota(quotaKeyOf(spec, job.provider), { limitTokens })
  await flow.store.addEvent(run.id, flow.clock.now(), 'quota.waiting', { batch: attempt.batchN, message })
  const pauseMs = backoffMs(attempt.n - 1, {
    baseMs: flow.timings.quotaBackoffMs,
    maxMs: maxQuotaPauseMs,
    random01: 0.5,
  })
  return giveBack(step, `too many enqueued tokens: ${message}`, flow.clock.now() + pauseMs, {
    waitsFor: 'tokens',
    waitingSince: attempt.waitingSince ?? flow.clock.now(),
    waitTries: attempt.n,
    waitWords: message,
  })
}

/**
 * Whether other accounts of the job take what this one refuses as a whole. It is given nothing for a while then, and the
 * run goes on without it; where it is the last that takes anything, a person is asked.
 */
export async function othersGoOn({ flow, spec, run, job, attempt }: Step, words: string): Promise<boolean> {
  if (spec.deliveryMode !== 'batch' || job.accounts.length === 1) return false
  const now = flow.clock.now()
  const places = await placesOf(flow, spec, job)
  const others = places.filter(({ provider, notBefore }) => provider !== job.provider && notBefore <= now)
  if (others.length === 0) return false
  await flow.store.setQuota(quotaKeyOf(spec, job.provider), { notBefore: now + maxQuotaPauseMs })
  await flow.store.addEvent(run.id, now, 'account.refused', {
    batch: attempt.batchN,
    account: job.provider.place?.name ?? job.provider.account,
    words,
  })
  return true
}

/** Ends the attempt unpaid, with what it held, and lets another one of the same file wait. */
async function giveBack(step: Step, reason: string, nextAt: number, wait: Wait = noWait): Promise<After> {
  const { flow, lease, attempt, job } = step
  if (attempt.staged !== null) await job.provider.discard(attempt.staged, lease.signal)
  await withCrashPoints(flow.reach, 'quota.void.commit', () =>
    flow.store.voidAttempt(lease.claim, {
      reason,
      now: flow.clock.now(),
      again: { nonce: flow.random.id(16), nextAt, wait },
      outcome: null,
    }),
  )
  return { kind: 'end' }
}
