import { type Wait, type WaitKind, type WaitRule, waits } from '../../domain/wait.ts'
import { backoffMs } from './backoff.ts'

/** The cause of a wait, in the service's own words. */
export interface Cause {
  readonly kind: WaitKind
  readonly words: string
  /** How long the service asked to be left alone; null or absent: it did not say. */
  readonly retryAfterMs?: number | null
}

/** A wait as it goes on. */
export interface WaitDecision {
  readonly wait: Wait
  readonly pauseMs: number
  /** Whether the reason or its words are new, so that people are told. */
  readonly isNews: boolean
  /** Whether it has lasted so long that a person is asked. */
  readonly isOver: boolean
}

/** The pace for which the bounds of the reasons are meant: that of OpenAI's own service here. */
export const usualPaceMs = 30_000

/** The bounds and paces that a configuration may set. */
export interface WaitTimings {
  /** The longest that what may have been paid is waited for. */
  readonly lostAfterMs: number
  /** How often the service is asked how a batch is doing: one that is asked more often than usual is waited for less long. */
  readonly paceMs: number
  /** Bounds in place of those of the reasons. */
  readonly waits: Readonly<Partial<Record<WaitKind, Partial<{ afterMs: number; tries: number }>>>>
}

/**
 * The next step of a wait: how long the pause is (doubled with each try, at least what the service asked for), and
 * whether it has lasted long enough, in time and in tries, to ask a person.
 */
export function decideWait(
  before: Wait,
  cause: Cause,
  timings: WaitTimings,
  now: number,
  random01: number,
): WaitDecision {
  const rule: WaitRule = waits[cause.kind]
  const isSame = before.waitsFor === cause.kind
  const waitingSince = isSame ? (before.waitingSince ?? now) : now
  const waitTries = isSame ? before.waitTries + 1 : 1
  const maxMs = timings.paceMs < usualPaceMs ? Math.min(rule.maxMs, timings.paceMs * 10) : rule.maxMs
  const pauseMs = backoffMs(waitTries - 1, {
    baseMs: Math.min(rule.firstMs, maxMs),
    maxMs,
    random01,
    retryAfterMs: cause.retryAfterMs ?? null,
  })
  return {
    wait: { waitsFor: cause.kind, waitingSince, waitTries, waitWords: cause.words },
    pauseMs,
    isNews: !isSame || before.waitWords !== cause.words,
    isOver: isPastBound(cause.kind, { waitingSince, waitTries }, timings, now),
  }
}

function isPastBound(
  kind: WaitKind,
  { waitingSince, waitTries }: { readonly waitingSince: number; readonly waitTries: number },
  { lostAfterMs, paceMs, waits: set }: WaitTimings,
  now: number,
): boolean {
  const { bound }: WaitRule = waits[kind]
  if (bound === null) return false
  const usualMs = bound.afterMs * Math.min(1, paceMs / usualPaceMs)
  const afterMs = set[kind]?.afterMs ?? (bound.isPaid ? Math.min(usualMs, lostAfterMs) : usualMs)
  return waitTries >= (set[kind]?.tries ?? bound.tries) && now - waitingSince >= afterMs
}
