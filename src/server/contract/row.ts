import { z } from '@hono/zod-openapi'
import { deliveryMode, outcome } from './outcome.ts'
import { list, orNull, timeMs } from './page.ts'
import { verdict } from './review.ts'

/** One record of a run in a list. */
export const row = z
  .object({
    key: z.string(),
    seq: z.number().int(),
    outcome,
    reason: z.string().nullable(),
    /** In the shape of the job's schema; null when there is no answer that fits it. */
    output: z.unknown(),
    /** What the model wrote, whether it fits or not. */
    text: z.string().nullable(),
    inputTokens: z.number().int().nullable(),
    outputTokens: z.number().int().nullable(),
    costUsd: z.number().nullable(),
    tries: z.number().int(),
    batch: z.number().int().nullable(),
    /** From 0 to 1; null without a `score`. */
    score: z.number().nullable(),
    /** The record whose identical request was paid for this one too. */
    sameAs: z.string().nullable(),
  })
  .openapi('Row')

export const rowPage = z
  .object({
    items: list(row),
    nextCursor: z.string().nullable(),
    /** How many match in all; null when counting would take long. */
    matching: z.number().int().nullable(),
    /** Whether the files of answers are still there. */
    answersKept: z.boolean(),
  })
  .openapi('RowPage')

/** One try at a record: what was asked, what came back and what it cost. */
const recordTry = z.object({
  n: z.number().int(),
  batch: z.number().int().nullable(),
  deliveryMode: deliveryMode.nullable(),
  providerBatchId: z.string().nullable(),
  line: z.number().int().nullable(),
  outcome,
  reason: z.string().nullable(),
  inputTokens: z.number().int().nullable(),
  outputTokens: z.number().int().nullable(),
  costUsd: z.number().nullable(),
  text: z.string().nullable(),
  /** When the batch was sent; null: it was not. */
  at: timeMs.nullable(),
})

/** What was, or would be, written: column by column beside what the row had. */
const written = z.object({
  sink: z.string(),
  /** Whether it is in the sink. */
  done: z.boolean(),
  fields: list(
    z.object({
      name: z.string(),
      /** What the row that was read had under this name; absent: the row has no such field. */
      before: z.unknown().optional(),
      after: z.unknown(),
    }),
  ),
})

/** Everything that is known about one record of a run. */
export const record = z
  .object({
    schema: z.literal('offpeak.record/2'),
    run: z.string(),
    job: z.string(),
    /** Whether an emulator has answered. */
    simulated: z.boolean(),
    key: z.string(),
    outcome,
    reason: z.string().nullable(),
    /** The row, when the run keeps rows. */
    row: z.unknown(),
    /** The body that was sent. */
    request: z.unknown(),
    /** The raw line that came back. */
    answer: z.unknown(),
    text: z.string().nullable(),
    output: z.unknown(),
    score: z.number().nullable(),
    costUsd: z.number().nullable(),
    deduplicatedInto: z.string().nullable(),
    /** Oldest first. */
    tries: list(recordTry),
    written: written.nullable(),
    verdict: orNull(verdict),
    /** The neighbours in the order of the source. */
    previous: z.string().nullable(),
    next: z.string().nullable(),
    command: z.string(),
  })
  .openapi('Record')

/** Requests with the same outcome and the same reason. */
export const errorGroup = z
  .object({
    outcome,
    reason: z.string().nullable(),
    count: z.number().int(),
    examples: list(z.string()),
    description: z.string(),
    /** How many of them are sent again automatically. */
    retrying: z.number().int(),
    needsAttention: z.boolean(),
    /** Whether `retry` takes them. */
    retryable: z.boolean(),
    command: z.string(),
  })
  .openapi('ErrorGroup')

export const errorGroups = z.object({ run: z.string(), items: list(errorGroup) }).openapi('ErrorGroups')

export type Row = z.infer<typeof row>
export type RowPage = z.infer<typeof rowPage>
export type RecordDetail = z.infer<typeof record>
export type ErrorGroup = z.infer<typeof errorGroup>
export type ErrorGroups = z.infer<typeof errorGroups>
