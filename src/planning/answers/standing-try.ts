import { type Outcome, outcomeNames } from '../../domain/outcome.ts'
import type { PastTryRow } from '../../ports/state.ts'

/** What an outcome is worth beside another one of the same record; 0: it brought nothing. */
const worth = {
  merged: 9,
  held: 9,
  rescued: 9,
  review: 6,
  stale: 5,
  rejected: 5,
  invalid: 4,
  truncated: 3,
  refused: 2,
  declined: 2,
  // Nothing is at hand, and somebody has to know that it may have been paid.
  lost: 1,
  unsure: 1,
  pending: 0,
  failed: 0,
  transient: 0,
  expired: 0,
  missing: 0,
  cancelled: 0,
  unrenderable: 0,
  oversize: 0,
} as const satisfies Record<Outcome, number>

/** As the last word they are not taken back for an earlier one: what was decided, and what may have been paid unseen. */
const isLastWord: readonly Outcome[] = ['merged', 'held', 'rescued', 'review', 'declined', 'lost', 'unsure']

/** Whether an outcome is to be remembered when a later try ends without an answer. */
export function isWorthKeeping(outcome: Outcome): boolean {
  return worth[outcome] > 0
}

/** Outcomes of a try that are worth keeping. */
export const worthKeeping: readonly Outcome[] = outcomeNames.filter(isWorthKeeping)

/** Whether one outcome is worth more than the other. */
export function isBetter(one: Outcome, other: Outcome): boolean {
  return worth[one] > worth[other]
}

/**
 * The try of a record whose outcome stands, of all that have ended: the newest of those that are worth most, or the last
 * one where it is a last word. What was paid for and can still be used is not lost to a later try that brought less. The
 * oldest comes first; null: there is none.
 */
export function standingTry<Try extends Pick<PastTryRow, 'outcome'>>(tries: readonly Try[]): Try | null {
  const last = tries.at(-1) ?? null
  if (last === null || isLastWord.includes(last.outcome)) return last
  return tries.reduce((best, tried) => (isBetter(best.outcome, tried.outcome) ? best : tried))
}
