import { z } from '@hono/zod-openapi'
import { outcome } from './outcome.ts'
import { list, microUsd, timeMs } from './page.ts'
import { runState, runStatus } from './run.ts'

/** The report of a run, its plan, its result and what it met: the output of `offpeak report --json`. */
export const report = z
  .object({
    schema: z.literal('offpeak.report/2'),
    status: runStatus,
    durationMs: z.number().int(),
    groups: list(
      z.object({
        outcome,
        reason: z.string().nullable(),
        count: z.number().int(),
        examples: list(z.string()),
        description: z.string(),
        retrying: z.number().int(),
        needsAttention: z.boolean(),
      }),
    ),
    notable: list(z.object({ at: timeMs, kind: z.string(), data: z.record(z.string(), z.unknown()) })),
    notableCounts: z.record(z.string(), z.number().int()),
    /** Later runs that have asked records of this one again with the job of their day, oldest first. */
    rescuedBy: list(
      z.object({
        run: z.string(),
        state: runState,
        createdAt: timeMs,
        merged: z.number().int(),
        spentMicroUsd: microUsd,
      }),
    ),
    earlier: list(
      z.object({
        run: z.string(),
        state: runState,
        createdAt: timeMs,
        merged: z.number().int(),
        spentMicroUsd: microUsd,
      }),
    ),
  })
  .openapi('Report')
