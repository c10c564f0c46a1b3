import { z } from '@hono/zod-openapi'
import { list, orNull } from './page.ts'

const side = z.object({
  name: z.string(),
  records: z.number().int(),
  validPercent: z.number().nullable(),
  costMicroUsd: z.number(),
  microUsdPerRecord: z.number().nullable(),
  outputTokens: z.number().nullable(),
  score: z.number().nullable(),
})

export const preference = z.enum(['a', 'b', 'tie', 'bad']).openapi('Preference', {
  description: 'which answer is better; `bad`: neither is good',
})

/** A record that both sides have an answer to. */
export const comparedRecord = z
  .object({
    key: z.string(),
    a: z.string(),
    b: z.string(),
    scoreA: z.number().nullable(),
    scoreB: z.number().nullable(),
    preference: orNull(preference),
  })
  .openapi('ComparedRecord')

/** What people preferred so far, of these two. */
export const preferredCounts = z.object({
  a: z.number().int(),
  b: z.number().int(),
  tie: z.number().int(),
  bad: z.number().int(),
})

/** Two runs of a job, or two prompt variants, beside each other. */
export const comparison = z
  .object({
    schema: z.literal('offpeak.compare/1'),
    job: z.string(),
    a: side,
    b: side,
    both: z.number().int(),
    changed: z.number().int(),
    examples: list(z.object({ key: z.string(), a: z.string(), b: z.string() })),
    preferred: preferredCounts,
  })
  .openapi('Comparison')

export const comparedPage = z
  .object({ items: list(comparedRecord), nextCursor: z.string().nullable() })
  .openapi('ComparedPage')

export const newPreference = z.strictObject({
  a: z.string().max(100),
  b: z.string().max(100),
  key: z.string().max(1_000),
  /** Null takes it back. */
  preference: orNull(preference),
})

export type Preference = z.infer<typeof preference>
export type Comparison = z.infer<typeof comparison>
export type ComparedRecord = z.infer<typeof comparedRecord>
export type ComparedPage = z.infer<typeof comparedPage>
