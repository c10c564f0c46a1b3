import { mayBeJudgedAgain, mayPassAsSent, needsChange, type RemedyKind } from '../../wording/remedies.ts'
import { type Outcome, type OutcomeCounts, outcomeNames } from '../../domain/outcome.ts'
import type { MeaningPart } from '../requests/meaning.ts'

/** Differences between now and the time when a run was asked. */
export interface Changes {
  /** Stored answers that the job of today would take, by what they ended as. */
  readonly accepted: OutcomeCounts
  /** Records that the job of today asks otherwise than they were asked. */
  readonly asked: number
  /** Whether the job of today judges or writes otherwise: no answer is asked again before it is known which job counts. */
  readonly judgesOtherwise: boolean
}

export interface Offer {
  readonly kind: RemedyKind
  readonly outcomes: readonly Outcome[]
  readonly records: number
}

/**
 * The remedies for records that ended so, the best first: what is free, then what has changed since, then the same
 * again. Records are never offered one that would end as before: the same request where only a change can help.
 */
export function remediesFor(
  ended: OutcomeCounts,
  { accepted, asked, judgesOtherwise }: Changes,
): readonly Offer[] {
  const offer = (kind: RemedyKind, counts: OutcomeCounts, among: readonly Outcome[]): Offer => {
    const outcomes = outcomeNames.filter((name) => among.includes(name) && (counts[name] ?? 0) > 0)
    return { kind, outcomes, records: outcomes.reduce((sum, name) => sum + (counts[name] ?? 0), 0) }
  }
  const today = asked > 0 ? offer('today', ended, [...needsChange, ...mayPassAsSent]) : null
  return [
    offer('judge', accepted, mayBeJudgedAgain),
    ...(today === null ? [] : [{ ...today, records: Math.min(asked, today.records) }]),
    ...(judgesOtherwise ? [] : [offer('as-sent', ended, mayPassAsSent)]),
  ].filter(({ records }) => records > 0)
}

/** How `retry` was asked to send. */
export interface RetryHow {
  readonly outcomes: readonly Outcome[] | null
  /** True: with the job of today; false: as sent; null: nobody said. */
  readonly today: boolean | null
  readonly model: string | null
  readonly maxTokens: number | null
}

/** Which of the two paid remedies is meant: what only a change can help is asked with the job of today. */
export function retryKind({ outcomes, today, model, maxTokens }: RetryHow): 'today' | 'as-sent' {
  if (today !== null) return today ? 'today' : 'as-sent'
  if (model !== null || maxTokens !== null) return 'today'
  return outcomes?.some((name) => needsChange.includes(name)) ? 'today' : 'as-sent'
}

/** The outcomes that a retry takes when none are named. */
export function outcomesOf(kind: 'today' | 'as-sent'): readonly Outcome[] {
  return kind === 'today' ? [...mayPassAsSent, ...needsChange] : mayPassAsSent
}

/** A part of a request that can differ from the one that was sent before; `limit`: that of its output. */
export type AskedPart = MeaningPart | 'limit'
