import type { Outcome } from '../../../../src/server/contract/outcome.ts'
import type { RecordDetail } from '../../../../src/server/contract/row.ts'

/** Answers that are there and wait, or were turned down. */
const waiting: readonly Outcome[] = ['review', 'invalid', 'truncated', 'refused', 'rejected']
const written: readonly Outcome[] = ['merged', 'held']

/** What somebody can say of a record's answer. */
export interface CanJudge {
  /** As it is: it fits the schema, and is not written yet. */
  readonly accept: boolean
  readonly edit: boolean
  readonly reject: boolean
}

export function canJudge(record: Pick<RecordDetail, 'outcome' | 'text' | 'written'>): CanJudge {
  const { outcome, text } = record
  const open = waiting.includes(outcome) || outcome === 'declined'
  return {
    accept: open && record.written !== null && !record.written.done,
    edit: text !== null && (open || written.includes(outcome)),
    reject: text !== null && (waiting.includes(outcome) || written.includes(outcome)),
  }
}

/** Whether `retry` takes it: what is written, waited for or answered by another run is not sent again. */
export function canRetry(outcome: Outcome): boolean {
  return !['pending', 'merged', 'held', 'rescued'].includes(outcome)
}
