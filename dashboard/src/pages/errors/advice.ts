import type { Outcome } from '../../../../src/server/contract/outcome.ts'

/** What most likely mends requests that ended so; null: what a retry says is enough. */
export const advice: Readonly<Partial<Record<Outcome, string>>> = {
  review:
    'Read them one by one; with a lower `score.min` in the job, merging again writes them all, at no cost.',
  invalid: 'See what came back first. The same request may be answered better; a clearer prompt surely is.',
  truncated:
    'Raise `maxTokens` in the job, or for these alone, and ask them with today’s job: the same request is cut again.',
  refused: 'Change the prompt, or leave the record: the same request is refused again.',
  failed: 'The provider calls the request wrong: fix the job, and ask them with today’s job.',
  rejected: 'Fix the table or `set`. The answers are kept, and writing them again is free.',
  stale: 'The rows changed while they were asked about. Today’s job asks for them as they are now.',
  transient: 'It was no fault of the record. Sent again, it most likely comes through.',
  expired: 'It was no fault of the record, and cost nothing. Sent again, it most likely comes through.',
  missing: 'It was no fault of the record. Sent again, it most likely comes through.',
  lost: 'The provider may have answered and billed it. Resuming looks for the answer again, which costs nothing; sending it again may pay twice.',
  unsure: 'It may have been answered and paid. Sending it again is paid again.',
  unrenderable: 'Fix the rows or the prompt, and ask them with today’s job.',
  oversize: 'Shorten what the prompt says of such rows, and ask them with today’s job.',
  declined:
    'Somebody declined the answer. It is asked again when its record changes, or when it is sent again.',
}
