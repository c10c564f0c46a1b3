import type { Outcome } from '../../domain/outcome.ts'

/** What requests without an answer end as. */
export interface Unanswered {
  readonly outcome: Outcome
  readonly reason: string
  /** So many of them may be paid, whichever they are; when left out, all that are lost and no others. */
  readonly mayBePaid?: number
}
