import { z } from '@hono/zod-openapi'
import { outcome } from './outcome.ts'
import { list, orNull, timeMs } from './page.ts'

export const verdictName = z.enum(['accept', 'edit', 'reject', 'skip']).openapi('VerdictName')

/** A person's verdict on one answer; a later one of the same record takes its place. */
export const verdict = z
  .object({
    run: z.string(),
    key: z.string(),
    verdict: verdictName,
    reason: z.string().nullable(),
    by: z.string(),
    at: timeMs,
  })
  .openapi('Verdict')

/** `accept` and `edit` write the answer into the sink where it is not written; `reject` turns it down. */
export const newVerdict = z.strictObject({
  run: z.string().max(100),
  key: z.string().max(1_000),
  verdict: verdictName,
  reason: z.string().max(2_000).nullable().default(null),
  /** With `edit`: the whole output, as it should be. */
  patch: z.unknown().optional(),
})

export const givenVerdict = z
  .object({ verdict, outcome, wrote: z.boolean() })
  .openapi('GivenVerdict', { description: 'what the record is now, and whether something was written' })

export const takenBack = z.object({ outcome, wrote: z.boolean() }).openapi('TakenBack', {
  description: 'what the record is now; `wrote`: what the verdict has written stays',
})

/** Answers to be reviewed, in a fixed order, with the verdicts on them so far. */
export const reviewQueue = z
  .object({
    schema: z.literal('offpeak.review/2'),
    run: z.string(),
    job: z.string(),
    items: list(
      z.object({
        key: z.string(),
        outcome,
        score: z.number().nullable(),
        verdict: orNull(verdictName),
      }),
    ),
    /** How many there are in all; of a long list only the first are given. */
    total: z.number().int(),
    verdicts: z.object({
      accept: z.number().int(),
      edit: z.number().int(),
      reject: z.number().int(),
      skip: z.number().int(),
    }),
    /** Accepted or edited, of those judged, in percent, with the half width of its 95 % interval; null: none yet. */
    accepted: z.object({ percent: z.number(), errorPercent: z.number() }).nullable(),
  })
  .openapi('ReviewQueue')

export type VerdictName = z.infer<typeof verdictName>
export type NewVerdict = z.input<typeof newVerdict>
export type GivenVerdict = z.infer<typeof givenVerdict>
export type TakenBack = z.infer<typeof takenBack>
export type ReviewQueue = z.infer<typeof reviewQueue>
