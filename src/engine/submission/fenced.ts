import type { Provider } from '../../ports/provider/provider.ts'
import type { AttemptRow, RunRow } from '../../ports/state.ts'
import type { Flow } from '../flow.ts'
import { sweep } from './sweep.ts'

/** So many times the listing lag after it was sent or fenced, the provider's list shows whatever there is to show. */
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
 * Whether nothing of a replaced attempt is to be feared, once the list shows no batch of it: its input is gone for long
 * enough; or, where a service deletes none, what was sent in its place has come to its end, which is all that the end of
 * the run would know as well.
 */
function mayBeProven(flow: Flow, attempt: AttemptRow, all: readonly AttemptRow[]): boolean {
  if (attempt.state !== 'fenced') return false
  const now = flow.clock.now()
  if (attempt.withdrawnAt !== null) return (fencedUntil(flow, [attempt]) ?? Infinity) <= now
  const triedAt = attempt.triedAt ?? attempt.createdAt
  return (
    triedAt + lags * flow.timings.listingLagMs <= now &&
    all.some(({ batchN, n, state }) => batchN === attempt.batchN && n > attempt.n && state === 'merged')
  )
}

/**
 * Why the end of a run cannot be believed yet, although the list shows no second batch of its files: a try was replaced,
 * or lies beside the state as another copy's or a gone state's, so recently that the list may hide its batch. Null:
 * nothing can come to light any more that is known to have been sent.
 */
export async function mayComeToLight(
  { store, clock, timings }: Pick<Flow, 'store' | 'clock' | 'timings'>,
  run: RunRow,
): Promise<string | null> {
  const attempts = await store.attempts(run.id)
  const since = clock.now() - lags * timings.listingLagMs
  const replaced = attempts.filter(
    ({ state, acceptedAt, withdrawnAt, triedAt, createdAt }) =>
      state === 'fenced' && acceptedAt === null && (withdrawnAt ?? triedAt ?? createdAt) > since,
  )
  if (replaced.length > 0) return 'a try to send a file was replaced, and the list may not show its batch yet'
  const ids = new Set(attempts.map(({ id }) => id))
  const twins = (await store.unknownIntents(run.job)).filter(
    ({ status, takenBy, at }) => status === 'twin' && takenBy !== null && ids.has(takenBy) && at > since,
  )
  return twins.length === 0
    ? null
    : 'another copy of the project, or a state that is gone, sent a file as well, and the list may not show its batch yet'
}

/**
 * Files and micro-dollars of a budget that replaced attempts of a run still hold, because their batches may have been
 * made.
 */
export function heldByReplaced(
  attempts: readonly AttemptRow[],
  budgetKey: string,
): { readonly files: number; readonly microUsd: number } {
  const held = attempts.filter(
    ({ state, budgetKeys }) => state === 'fenced' && budgetKeys.includes(JSON.stringify(budgetKey)),
  )
  return {
    files: held.length,
    microUsd: held.reduce((sum, { reservedMicroUsd }) => sum + reservedMicroUsd, 0),
  }
}

/**
 * Whether the reservations of replaced attempts could be given back, once the provider's list has been searched for
 * batches of theirs. A replacement reserves anew, so a tight budget or quota could otherwise wait for ever for what
 * they hold.
 */
export async function releaseProven(
  flow: Flow,
  accounts: readonly Provider[],
  run: RunRow,
): Promise<boolean> {
  const attempts = await flow.store.attempts(run.id)
  const proven = attempts.filter((attempt) => mayBeProven(flow, attempt, attempts))
  if (proven.length === 0) return false
  if ((await sweep(flow, accounts, run, { isEnd: false })) !== null) return false
  let released = false
  const left = new Set(proven.map(({ id }) => id))
  for (const attempt of await flow.store.attempts(run.id))
    if (left.has(attempt.id) && attempt.state === 'fenced')
      released = (await releaseFenced(flow, attempt)) || released
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
