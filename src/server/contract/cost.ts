import { z } from '@hono/zod-openapi'
import { list, microUsd, timeMs } from './page.ts'

export const costsBy = z.enum(['job', 'model', 'day', 'run'])

const costRow = z.object({
  name: z.string(),
  /** The second way of grouping, when one was asked for. */
  series: z.string().nullable(),
  runs: z.number().int(),
  merged: z.number().int(),
  needsAttention: z.number().int(),
  spentMicroUsd: microUsd,
  reservedMicroUsd: microUsd,
  realtimeMicroUsd: microUsd,
  savedMicroUsd: microUsd,
  wastedMicroUsd: microUsd,
  duplicateMicroUsd: microUsd,
})

/** Costs from the ledger: the output of `offpeak costs --json`. */
export const costs = z
  .object({
    schema: z.literal('offpeak.costs/2'),
    by: costsBy,
    series: costsBy.nullable(),
    since: timeMs.nullable(),
    rows: list(costRow),
    total: costRow,
  })
  .openapi('Costs')

/** Enqueued tokens of each model: the limit, what is in use, and how many batches wait for room. */
export const quotas = z
  .object({
    items: list(
      z.object({
        key: z.string(),
        limitTokens: z.number().nullable(),
        usedTokens: z.number(),
        waiting: z.number().int(),
        notBefore: timeMs.nullable(),
      }),
    ),
  })
  .openapi('Quotas')

export type Costs = z.infer<typeof costs>
export type CostRow = z.infer<typeof costRow>
export type Quotas = z.infer<typeof quotas>
