import { z } from '@hono/zod-openapi'
import { namedValues } from '../../domain/named-values.ts'
import { deliveryMode } from './outcome.ts'
import { list, microUsd, orNull, usdText } from './page.ts'

/** Which records of a job are meant, and how they are sent. */
export const selection = z.strictObject({
  params: namedValues.default({}).openapi({ type: 'object', additionalProperties: {} }),
  limit: z.number().int().positive().nullable().default(null),
  only: list(z.string().max(1_000)).nullable().default(null).openapi({ description: 'only these keys' }),
  redo: z.boolean().default(false).openapi({ description: 'send records again although nothing changed' }),
  payAgain: z.boolean().default(false).openapi({
    description: 'send records too that earlier runs may have paid for without an answer at hand',
  }),
  keep: z.boolean().default(false).openapi({
    description: 'take as done what was answered before, although its request has changed',
  }),
  deliveryMode: deliveryMode.optional(),
  deadline: z.string().max(20).optional().openapi({
    description: 'so long after the start what is not answered goes to real time',
    example: '20h',
  }),
})

const range = z.object({
  likely: z.number(),
  low: z.number(),
  high: z.number(),
  errorPercent: z.number(),
})

/** The plan of a run, made without sending anything: the output of `offpeak plan --json`. */
export const plan = z
  .object({
    schema: z.literal('offpeak.plan/2'),
    job: z.string(),
    version: z.string(),
    provider: z.string(),
    model: z.string(),
    /** Whether an emulator would answer. */
    simulated: z.boolean(),
    source: z.string(),
    sink: z.string(),
    selected: z.number(),
    sourceRecords: z.number(),
    unknown: z.number(),
    sampled: z.number(),
    exact: z.boolean(),
    toSend: z.number(),
    unchanged: z.number(),
    selectedAgain: orNull(z.object({ records: z.number(), runs: list(z.string()) })).openapi({
      description:
        'done before, and yet selected by a query that reads the table of the answers: merging these runs (newest first) writes the stored answers again at no cost, and `redo` asks again',
    }),
    changed: z.number(),
    changedParts: z
      .object({
        prompt: z.number().optional(),
        model: z.number().optional(),
        schema: z.number().optional(),
        version: z.number().optional(),
        settings: z.number().optional(),
      })
      .openapi({ description: 'what changed, and for how many records; one may have several' }),
    isKept: z.boolean(),
    uncompared: z.number().openapi({
      description:
        'done by a version whose requests cannot be compared with today’s; left out without `payAgain`',
    }),
    /** Records whose very request has ended in vain before, and would again. */
    failsAgain: orNull(
      z.object({
        records: z.number(),
        outcomes: z.object({
          truncated: z.number().optional(),
          refused: z.number().optional(),
          failed: z.number().optional(),
          rejected: z.number().optional(),
        }),
        rejectedIn: orNull(z.string()).openapi({
          description: 'the newest run whose answers the sink did not take; merging it again costs nothing',
        }),
        isSentAgain: z.boolean(),
      }),
    ),
    rescue: orNull(
      z.object({
        run: z.string(),
        asked: z.number(),
        parts: z.object({
          prompt: z.number().optional(),
          model: z.number().optional(),
          schema: z.number().optional(),
          version: z.number().optional(),
          settings: z.number().optional(),
          limit: z.number().optional(),
        }),
      }),
    ).openapi({
      description:
        'records of an earlier run, asked again: how many otherwise than that run did, and in what',
    }),
    oldChunks: z.number().openapi({
      description:
        'rows behind the ends of texts that have not changed else; a run removes or marks them at no cost',
    }),
    unusable: z.number(),
    unusableExample: z.object({ key: z.string(), reason: z.string() }).nullable(),
    /** Records that earlier runs may have paid for without an answer at hand. */
    paidBefore: orNull(z.object({ records: z.number(), runs: list(z.string()), isSentAgain: z.boolean() })),
    files: z.number(),
    largestFileBytes: z.number(),
    inputTokens: range,
    unpriced: list(deliveryMode).openapi({
      description: 'delivery modes without a known price, where the cost is not known',
    }),
    inputUnit: z
      .enum(['token', 'page'])
      .openapi({ description: 'what `inputTokens` counts, and is priced by' }),
    outputTokensPerRecord: z.object({
      likely: z.number(),
      atMost: z.number().nullable(),
      from: z.enum(['history', 'try', 'guess', 'vector', 'unbilled']),
    }),
    tries: z.number().openapi({ description: 'how often a request may be sent in total' }),
    cost: z
      .object({
        likelyMicroUsd: z.number(),
        atMostMicroUsd: z.number().nullable().openapi({
          description:
            'with every automatic try of every request, in real time where a deadline can bring it there; null: nothing bounds it',
        }),
        atMostOnceMicroUsd: z
          .number()
          .nullable()
          .openapi({ description: 'the part of it that holds while each request is asked once' }),
        errorPercent: z.number(),
        realtimeMicroUsd: z.number().nullable(),
        savedMicroUsd: z.number().nullable(),
      })
      .nullable(),
    deliveryMode,
    withoutBatches: orNull(z.object({ atOnce: z.number() })).openapi({
      description: 'set where the service has no batches: so many requests are asked at a time',
    }),
    batchWindowMs: orNull(z.number()).openapi({
      description: 'how long the service gives itself for a batch; null: it does not say beforehand',
    }),
    namesModel: orNull(z.string()).openapi({
      description: 'how the job can name the model behind a deployment, so that its price is known',
    }),
    realtimeModel: z.string().nullable(),
    deadline: z
      .object({
        afterMs: z.number(),
        likelyMicroUsd: z.number().nullable(),
        atMostMicroUsd: z.number().nullable(),
      })
      .nullable(),
    price: z.object({ asOf: z.string().nullable(), source: z.string() }).nullable(),
    budgetMicroUsd: microUsd.nullable(),
    /** The jobs that the run starts when it ends; agreeing to the run agrees to their budgets. */
    followers: list(z.object({ job: z.string(), budgetMicroUsd: microUsd.nullable() })),
    quota: z.object({
      key: z.string(),
      limitTokens: z.number().nullable(),
      usedTokens: z.number(),
      waves: z.number().nullable(),
      /** Of each account, where the job names several; the limit above is that of all together. */
      accounts: list(
        z.object({ name: z.string(), limitTokens: z.number().nullable(), usedTokens: z.number() }),
      ),
    }),
    checked: list(z.string()),
    warnings: list(z.string()),
    /** Models that have a price, and were perhaps meant where the model has none. */
    nearModels: list(z.string()),
    rewrites: list(z.string()),
    /** What the output schema asks of an answer that the provider does not enforce: `topics: maxItems 8`. */
    notEnforced: list(z.string()),
    keepRows: z.boolean(),
    example: z.object({ key: z.string(), request: z.unknown() }).nullable(),
    contents: orNull(
      z.object({
        keys: z.string(),
        requests: z.string(),
        shared: z.object({
          model: z.string(),
          schema: z.string(),
          version: z.string(),
          settings: z.string(),
        }),
        job: z.object({ ask: z.string(), write: z.string() }).nullable(),
      }),
    ).openapi({
      description:
        'what would be sent and written, in hashes: a plan that is started later is refused where they differ',
    }),
  })
  .openapi('Plan')

/** A plan that is kept for a day, so that exactly it can be started. */
export const madePlan = z
  .object({
    planId: z.string(),
    plan,
    /** Whether the emulator answers: what it costs is simulated. */
    simulated: z.boolean(),
    /** The same on the command line. */
    command: z.string(),
  })
  .openapi('MadePlan')

/** A plan that was made, or a selection; and the most that it may cost. */
export const newRun = z.strictObject({
  ...selection.shape,
  planId: z.string().max(100).optional().openapi({
    description: 'starts exactly this plan, or refuses when it no longer holds',
  }),
  maxCost: usdText.optional().openapi({
    description:
      'agrees to spend up to so much; without it, the job’s budget counts, else the upper bound of the plan that `planId` names',
  }),
  hold: z.boolean().default(false).openapi({ description: 'build the files and wait for `submit`' }),
})

export type Plan = z.infer<typeof plan>
export type MadePlan = z.infer<typeof madePlan>
export type NewRun = z.input<typeof newRun>
export type Selection = z.input<typeof selection>
