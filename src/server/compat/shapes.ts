import { z } from '@hono/zod-openapi'
import { list } from '../contract/page.ts'

/** What the batch paths answer, in the words that such services use: snake case, dollars, ISO dates. */

const usd = z.number().openapi({ description: 'dollars' })
const date = z.iso.datetime()
const count = z.number().int()

/**
 * `creating`: the files are being built; `created`: they wait to be submitted; `processing`: they are sent, polled and
 * merged; `paused`: it waits for somebody, `detail` says for what; `failed`: it ended with nothing that could be used.
 */
export const batchState = z
  .enum(['creating', 'created', 'processing', 'paused', 'cancelling', 'completed', 'failed', 'cancelled'])
  .openapi('BatchJobState')

export const createdBatch = z
  .object({
    id: z.string(),
    status: batchState,
    test: z.boolean(),
    total_requests: count,
    /** Null: the model has no known price. */
    estimated_cost: usd.nullable(),
    max_cost: usd.nullable(),
    files: list(z.object({ name: z.string(), requests: count, bytes: count })),
    submit_url: z.string(),
  })
  .openapi('CreatedBatch')

export const batchStatus = z
  .object({
    id: z.string(),
    status: batchState,
    detail: z.string().nullable(),
    request_counts: z.object({ total: count, completed: count, failed: count }),
    merged: count,
    cost: z.object({ estimated: usd.nullable(), reserved: usd, actual: usd, saved: usd }),
    batches: list(
      z.object({
        /** The provider's id. */
        id: z.string().nullable(),
        status: z.string(),
        request_counts: z.object({ total: count, completed: count, failed: count }),
        expires_at: date.nullable(),
      }),
    ),
    /** By the pace so far; null while that would be invented. */
    eta: date.nullable(),
    created_at: date,
    completed_at: date.nullable(),
  })
  .openapi('BatchJobStatus')

export const processedResults = z
  .object({ id: z.string(), merged: count, unchanged: count, invalid: count, failed: count })
  .openapi('ProcessedResults', {
    description: '`unchanged` were written before and are written again as they are; `merged` are new',
  })

export const batchList = z
  .object({
    items: list(
      z.object({
        id: z.string(),
        status: batchState,
        total_requests: count,
        merged: count,
        failed: count,
        cost: z.object({ estimated: usd.nullable(), reserved: usd, actual: usd, saved: usd }),
        created_at: date,
        completed_at: date.nullable(),
      }),
    ),
    next_cursor: z.string().nullable(),
  })
  .openapi('BatchJobList')

const recordStates = z.object({
  total: count,
  done: count,
  /** Done with another row, prompt, model or version. */
  stale: count,
  failed: count,
  /** Never asked. */
  missing: count,
})

export const coverageStatus = recordStates
  .extend({
    by: list(z.string()),
    /** The fields of `by` with what the records have there, beside the counts. */
    groups: list(recordStates.catchall(z.unknown())),
    /** True: there are more groups than are told. */
    cut: z.boolean(),
  })
  .openapi('CoverageStatus')

export type BatchState = z.infer<typeof batchState>
export type CreatedBatch = z.infer<typeof createdBatch>
export type BatchJobStatus = z.infer<typeof batchStatus>
