import type { Provider } from '../../ports/provider/provider.ts'
import type { AttemptRow, RunRow } from '../../ports/state.ts'
import type { Flow } from '../flow.ts'
import { sweep } from './sweep.ts'

/** So many times the listing lag after the fence, the provider's list has shown whatever there is to show. */
const lags = 4

/**
 * When an attempt that was replaced has nothing to fear any more: its input file is gone, so that no create of it can
 * succeed, and every batch made before that is listed. Null: there is no such attempt, or no such proof.
 */
export function fencedUntil(flow: Pick<Flow, 'timings'>, attempts: readonly AttemptRow[]): number | null {
  const times = attempts.flatMap(({ state, withdrawnAt }) =>
    state === 'fenced' && withdrawnAt !== null ? [withdrawnAt + lags * flow.timings.listingLagMs] : [],
  )
  return times.length === 0 ? null : Math.min(...times)
}

/**
 * Gives back what replaced attempts still hold, once the provider's list has been searched for batches of theirs.
 * A replacement reserves anew, so a tight budget or quota could otherwise wait for ever for what they hold.
 */
export async function releaseProven(flow: Flow, provider: Provider, run: RunRow): Promise<boolean> {
  const now = flow.clock.now()
  const isProven = (attempt: AttemptRow): boolean => (fencedUntil(flow, [attempt]) ?? Infinity) <= now
  if (!(await flow.store.attempts(run.id)).some(isProven)) return false
  if ((await sweep(flow, provider, run, { isEnd: false })) !== null) return false
  let released = false
  for (const attempt of await flow.store.attempts(run.id))
    if (isProven(attempt)) released = (await releaseFenced(flow, attempt)) || released
  return released
}

/**
 * The list has shown no batch of this attempt: what it held goes back. Where a person has given up looking, it counts as
 * possibly paid. False: somebody else is at it.
 */
export async function releaseFenced(flow: Flow, attempt: AttemptRow): Promise<boolean> {
  const { store, clock, timings, holder } = flow
  const claim = await store.claim(
    { kind: 'attempt', id: attempt.id },
    { holder, now: clock.now(), leaseMs: timings.leaseMs },
  )
  if (!claim) return false
  const isGivenUp = attempt.acceptedAt !== null
  if (isGivenUp) {
    const job = (await store.run(attempt.runId))?.job ?? ''
    const note = 'possibly paid: nobody knows whether its batch was made'
    await store.recordDuplicate(attempt.id, attempt.runId, job, attempt.reservedMicroUsd, clock.now(), note)
  }
  await store.voidAttempt(claim, {
    reason: isGivenUp ? 'given up; its batch may have been made' : 'no batch of this attempt was ever made',
    now: clock.now(),
    again: null,
    outcome: null,
  })
  return true
}
