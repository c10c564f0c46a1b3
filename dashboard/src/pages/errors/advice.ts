import type { Outcome } from '../../../../src/server/contract/outcome.ts'

/** What most likely mends requests that ended so; null: what a retry says is enough. */
export const advice: Readonly<Partial<Record<Outcome, string>>> = {
  review:
    'Read them one by one; with a lower `score.min` in the job, merging again writes them all, for nothing.',
  invalid: 'See what came back first. The same request may be answered better; a clearer prompt surely is.',
  truncated: 'Raise `maxTokens` in the job, and ask for them in a new run: a retry sends the same bytes.',
  refused: 'Change the prompt, or leave the record: the same request is refused again.',
  failed: 'The provider calls the request wrong: mend the job, and ask for them in a new run.',
  rejected: 'Mend the table or `set`. The answers are kept, and writing them again is free.',
  stale: 'The rows changed while they were asked about. A new run asks for them as they are now.',
  transient: 'It was no fault of the record. Sent again, it most likely comes through.',
  expired: 'It was no fault of the record, and cost nothing. Sent again, it most likely comes through.',
  missing: 'It was no fault of the record. Sent again, it most likely comes through.',
  lost: 'The provider may have answered and billed it. Resuming looks for the answer again, which costs nothing; sending it again may pay twice.',
  unsure: 'It may have been answered and paid. Sending it again is paid anew.',
  unrenderable: 'Mend the rows or the prompt, and ask for them in a new run.',
  oversize: 'Shorten what the prompt says of such rows, and ask for them in a new run.',
  declined:
    'Somebody turned the answer down. It is asked anew when its record changes, or when it is sent again.',
}

/** A new run, and not a retry, is what brings these in. */
export function needsNewRun(outcome: Outcome): boolean {
  return ['truncated', 'failed', 'stale', 'unrenderable', 'oversize'].includes(outcome)
}
