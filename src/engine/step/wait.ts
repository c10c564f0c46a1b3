import { noWait, type Wait, waits } from '../../domain/wait.ts'
import { type Cause, decideWait, usualPaceMs, type WaitTimings } from '../../planning/waiting/wait.ts'
import type { Reply } from '../../ports/provider/reply.ts'
import type { AttemptRow, RunRow } from '../../ports/state.ts'
import type { Flow } from '../flow.ts'
import type { Lease } from '../lease.ts'
import { pauseRun, unpaused } from './pause.ts'
import { type After, retryAt, type Step } from './step.ts'

type Refused = Exclude<Reply<unknown>, { readonly kind: 'accepted' }>

export interface WaitOptions extends Cause {
  /** Asks a person at once, however long it has lasted. */
  readonly pauseNow?: boolean
}

/**
 * The wait of an attempt, with its reason: since when, how often it was tried and in whose words is in its columns, an
 * event is noted only when the reason or its words change, and a person is asked once it has lasted too long. What is
 * at the provider is looked at all the same.
 */
export async function waitFor(step: Step, { pauseNow = false, ...cause }: WaitOptions): Promise<After> {
  const { flow, lease, attempt } = step
  // A call that we broke off ourselves says nothing of who was asked, and hides what was waited for before.
  if (cause.kind === 'network' && lease.signal.aborted) return retryAt(flow.clock.now())
  return retryAt(await noteWait(flow, lease, attempt, cause, waitTimings(step), pauseNow))
}

/** The same where the pause, in milliseconds, is given, and not by how often it was tried. */
export async function waitForMs(step: Step, cause: Cause, pauseMs: number): Promise<After> {
  const { flow, lease, attempt } = step
  await noteWait(flow, lease, attempt, cause, waitTimings(step), false)
  return retryAt(flow.clock.now() + pauseMs)
}

/** The bounds of waiting for a service, by how often it is asked. */
export function waitTimings({ flow, job }: Pick<Step, 'flow' | 'job'>): WaitTimings {
  return { ...flow.timings, paceMs: flow.timings.pollEveryMs ?? job.provider.limits.pollEveryMs }
}

/** The same for an attempt whose job cannot be made ready, so that nothing is known of its service's pace. Returns when to look again. */
export async function attemptWaitsFor(
  flow: Flow,
  lease: Lease,
  attempt: AttemptRow,
  cause: Cause,
): Promise<number> {
  return noteWait(flow, lease, attempt, cause, usualTimings(flow), false)
}

/** Writes down what an attempt waits for, and asks a person where that is due. Returns when to look again. */
async function noteWait(
  flow: Flow,
  lease: Lease,
  attempt: AttemptRow,
  cause: Cause,
  timings: WaitTimings,
  pauseNow: boolean,
): Promise<number> {
  const now = flow.clock.now()
  const decided = decideWait(attempt, cause, timings, now, 0.5)
  await flow.store.saveAttempt(
    lease.claim,
    { ...decided.wait },
    decided.isNews
      ? {
          at: now,
          kind: 'attempt.waits',
          data: { batch: attempt.batchN, for: cause.kind, words: cause.words },
        }
      : undefined,
  )
  if (decided.isOver || pauseNow) await pauseForWait(flow, { id: attempt.runId }, cause)
  return now + decided.pauseMs
}

/** The same for a run that stands still as a whole. Returns when to look again. */
export async function runWaitsFor(flow: Flow, lease: Lease, run: RunRow, cause: Cause): Promise<number> {
  const now = flow.clock.now()
  const decided = decideWait(run, cause, usualTimings(flow), now, 0.5)
  await flow.store.saveRun(
    lease.claim,
    { ...decided.wait },
    decided.isNews
      ? { at: now, kind: 'run.waits', data: { for: cause.kind, words: cause.words } }
      : undefined,
  )
  if (decided.isOver) await pauseForWait(flow, run, cause)
  return now + decided.pauseMs
}

function usualTimings({ timings }: Flow): WaitTimings {
  return { ...timings, paceMs: timings.pollEveryMs ?? usualPaceMs }
}

/** The resumption of a run that was paused for this reason alone, once the reason is gone and no other batch has it. */
export async function waitIsOver({
  flow,
  run,
  attempt,
}: Pick<Step, 'flow' | 'run' | 'attempt'>): Promise<void> {
  if (attempt.waitsFor === null || run.state !== 'paused' || run.waitsFor !== attempt.waitsFor) return
  const left = await flow.store.waitingAttempts(run.id)
  // What this process has for one batch it has for all.
  if (run.waitsFor !== 'package' && (left[run.waitsFor] ?? 0) > 0) return
  const now = flow.clock.now()
  const isResumed = await flow.store.changeRun(
    run.id,
    ['paused'],
    { state: run.sourceDone === 1 ? 'running' : 'building', ...unpaused, nextAt: now },
    { at: now, kind: 'run.resumed', data: { because: `${waits[run.waitsFor].label}: no longer` } },
  )
  if (isResumed) await flow.store.wakeAttempts(run.id, now)
}

export async function pauseForWait(
  flow: Flow,
  run: Pick<RunRow, 'id'>,
  { kind, words }: Cause,
): Promise<void> {
  const { bound, label } = waits[kind]
  if (bound === null) return
  await pauseRun(flow, run, { kind: bound.pausesAs, reason: `${label}: ${words}`, waitsFor: kind })
}

/** Whether a person has taken what is there of an attempt since it began to wait for what it waits for now. */
export function isAcceptedSince({
  acceptedAt,
  waitingSince,
}: Pick<AttemptRow, 'acceptedAt' | 'waitingSince'>): boolean {
  return acceptedAt !== null && waitingSince !== null && acceptedAt >= waitingSince
}

/** The wait of an attempt, as columns that are written again so that they stay. */
export function waitOf({ waitsFor, waitingSince, waitTries, waitWords }: Wait): Wait {
  return { waitsFor, waitingSince, waitTries, waitWords }
}

/** The wait of an attempt whose answers are looked for again, which lasts until they are there; else none. */
export function missingAnswers(wait: Wait): Wait {
  return wait.waitsFor === 'missing' || wait.waitsFor === 'unreadable' ? waitOf(wait) : noWait
}

/**
 * The wait that a call which was not accepted needs, by what the provider said; null: it is about the request itself.
 */
export function causeOf(reply: Refused): WaitOptions | null {
  const words = reply.message
  if (reply.kind === 'unknown') return { kind: 'network', words }
  const { retryAfterMs } = reply
  switch (reply.cause) {
    case 'rate':
      return { kind: 'rate', words, retryAfterMs }
    case 'away':
      // What repetition cannot cure, as a certificate that is not trusted, is for a person at once.
      return { kind: reply.layer, words, retryAfterMs, pauseNow: reply.lasting }
    case 'token':
      return { kind: 'token', words }
    case 'auth':
      return { kind: 'credentials', words }
    case 'not_ready':
      return { kind: 'upload', words, retryAfterMs }
    case 'account':
    case 'quota':
    case 'gone':
    case 'conflict':
    case 'invalid':
      return null
  }
}
