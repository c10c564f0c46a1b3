import type { Outcome } from '../domain/outcome.ts'
import { withAmount } from './commands/command-line.ts'

/**
 * Remedies for records that were not answered well: `judge` reads the stored answers with the job of today, free;
 * `today` asks again with the job of today, in a run of its own; `as-sent` sends the same bytes again.
 */
export const remedyKinds = ['judge', 'today', 'as-sent'] as const
export type RemedyKind = (typeof remedyKinds)[number]

/** Outcomes after which the very same request may succeed. */
export const mayPassAsSent: readonly Outcome[] = [
  'invalid',
  'transient',
  'expired',
  'missing',
  'unsure',
  'cancelled',
]

/** Outcomes that the same request, or the same row, would have again: something has to change first. */
export const needsChange: readonly Outcome[] = [
  'truncated',
  'refused',
  'failed',
  'stale',
  'unrenderable',
  'oversize',
]

/** Outcomes whose stored answer can be judged again. */
export const mayBeJudgedAgain: readonly Outcome[] = ['invalid', 'review', 'rejected', 'truncated']

/** The command that a remedy is, with the amount that is to be agreed to. */
export function remedyCommand(
  run: string,
  {
    kind,
    outcomes,
    agreeMicroUsd,
  }: {
    readonly kind: RemedyKind
    readonly outcomes: readonly Outcome[]
    readonly agreeMicroUsd: number | null
  },
): string {
  switch (kind) {
    case 'judge':
      return `offpeak merge ${run} --today`
    case 'today':
      return withAmount(`offpeak retry ${run} --status ${outcomes.join(',')} --today`, agreeMicroUsd)
    case 'as-sent':
      return withAmount(`offpeak retry ${run} --status ${outcomes.join(',')} --as-sent`, agreeMicroUsd)
  }
}
