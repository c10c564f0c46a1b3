import { z } from '@hono/zod-openapi'
import { list, orNull } from './page.ts'

/** The second less the first, with its 95 % interval. */
const difference = z.object({
  difference: z.number(),
  low: z.number(),
  high: z.number(),
  /** Whether chance alone makes such a difference, too. */
  mayBeChance: z.boolean(),
})

/** How a side differs from the first one; null where too few records tell. */
const differences = z.object({
  /** In percentage points. */
  validPercent: difference.nullable(),
  score: difference.nullable(),
  microUsdPerRecord: difference.nullable(),
  outputTokens: difference.nullable(),
})

const side = z.object({
  name: z.string(),
  job: z.string(),
  model: z.string(),
  records: z.number().int(),
  /** The records that the other figures are of. */
  compared: z.number().int(),
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

/** Counts of people's preferences so far, for these two. */
export const preferredCounts = z.object({
  a: z.number().int(),
  b: z.number().int(),
  tie: z.number().int(),
  bad: z.number().int(),
})

/** Two runs of a job, or two prompt variants, beside each other. */
export const comparison = z
  .object({
    schema: z.literal('offpeak.compare/2'),
    job: z.string(),
    a: side,
    b: side,
    /** Records that both have an answer to. 0: none, and each side is taken by itself. */
    common: z.number().int(),
    differences,
    both: z.number().int(),
    changed: z.number().int(),
    examples: list(z.object({ key: z.string(), a: z.string(), b: z.string() })),
    preferred: preferredCounts,
  })
  .openapi('Comparison')

/** The candidates of a job side by side, each compared with the first. */
export const severalCompared = z
  .object({
    schema: z.literal('offpeak.compare-several/2'),
    job: z.string(),
    common: z.number().int(),
    sides: list(side.extend({ differences: differences.nullable() })),
    silent: list(z.object({ job: z.string(), run: z.string().nullable() })).openapi({
      description: 'candidates that never ran, or whose newest run has no answer: left out',
    }),
  })
  .openapi('SeveralCompared')

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
export type Difference = z.infer<typeof difference>
export type SeveralCompared = z.infer<typeof severalCompared>
export type Comparison = z.infer<typeof comparison>
export type ComparedRecord = z.infer<typeof comparedRecord>
export type ComparedPage = z.infer<typeof comparedPage>
