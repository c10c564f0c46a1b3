import { outcomeNames, outcomes, type Outcome, type OutcomeCounts } from '../../domain/outcome.ts'

/** How often one record is sent in all when its job does not say. */
export const defaultMaxTries = 3

/**
 * How many tries that ended through no fault of the record (expired, missing, transient) are given to it on top of
 * the job's own limit. Past these they count like any other, so that a record that breaks every batch ends.
 */
export const freeTries = 5

/** The value of `again` for a request that the rules leave alone although its outcome is one that they send again. */
export const leftAlone = 3

export interface Tries {
  /** How often the record has been sent so far, the try that just ended included. */
  readonly total: number
  /** How many of these ended `expired`, `missing` or `transient`. */
  readonly infrastructureFailures: number
}

/** Whether an outcome is the provider's doing and says nothing about the record. */
export function isInfrastructureFailure(outcome: Outcome): boolean {
  return outcomes[outcome].retry && !outcomes[outcome].paid
}

/** How many of these, sent once each, are sent again automatically. */
export function retriedOnce(
  counts: OutcomeCounts,
  {
    maxTries,
    infrastructureFailures,
  }: { readonly maxTries: number; readonly infrastructureFailures: boolean },
): number {
  return outcomeNames.reduce((sum, name) => {
    const isFree = isInfrastructureFailure(name)
    const isAgain =
      decideRetry(name, { total: 1, infrastructureFailures: isFree ? 1 : 0 }, maxTries) === 'again' &&
      (infrastructureFailures || !isFree)
    return sum + (isAgain ? (counts[name] ?? 0) : 0)
  }, 0)
}

/** How many tries of a request, whose last one ended with this outcome, count against its limit. */
export function countedTries({
  outcome,
  tries,
  infrastructureFailures,
}: {
  readonly outcome: Outcome
  readonly tries: number
  readonly infrastructureFailures: number
}): number {
  return tries - Math.min(infrastructureFailures + (isInfrastructureFailure(outcome) ? 1 : 0), freeTries)
}

/** Whether Offpeak sends a record again by itself after this outcome, or leaves it for a person. */
export function decideRetry(
  outcome: Outcome,
  tries: Tries,
  maxTries: number = defaultMaxTries,
): 'again' | 'leave' {
  if (!outcomes[outcome].retry) return 'leave'
  return tries.total - Math.min(tries.infrastructureFailures, freeTries) < maxTries ? 'again' : 'leave'
}
