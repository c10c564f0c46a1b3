import { z } from '@hono/zod-openapi'
import { attemptStates, endings } from '../../domain/attempt.ts'
import { pauseKinds, runStates } from '../../domain/run.ts'
import { waitKinds } from '../../domain/wait.ts'
import { deliveryMode, otherDeliveryMode, outcome, outcomeCounts } from './outcome.ts'
import { list, microUsd, orNull, timeMs, usdText } from './page.ts'
import { remedyKinds } from '../../wording/remedies.ts'
import { plan } from './plan.ts'

export const runState = z.enum(runStates).openapi('RunState')
const pauseKind = z.enum(pauseKinds)
const attemptState = z.enum(attemptStates)
const ending = z.enum([...endings, 'lost'])

/** Why something stands still. */
const wait = z
  .object({
    for: z.enum(waitKinds),
    label: z.string(),
    since: timeMs,
    tries: z.number().int(),
    nextAt: timeMs.nullable(),
    message: z.string(),
  })
  .openapi('Wait')

/** How the job of this server differs from the one that a run began with: in what it asks, in how answers are written. */
const notStarted = z
  .object({ job: z.string(), reason: z.string(), agreed: z.boolean(), command: z.string() })
  .openapi('NotStarted')
const jobChange = z.object({ ask: z.boolean(), write: z.boolean(), changedAt: timeMs }).openapi('JobChange')

/** One run in a list, from stored counters. */
export const runSummary = z
  .object({
    run: z.string(),
    job: z.string(),
    provider: z.string(),
    model: z.string(),
    simulated: z.boolean(),
    state: runState,
    pauseKind: pauseKind.nullable(),
    /** The earlier run whose records this one asks again. */
    rescues: orNull(z.string()),
    createdAt: timeMs,
    finishedAt: timeMs.nullable(),
    /** Records that this run is about, as far as they are read. */
    records: z.number().int(),
    merged: z.number().int(),
    pending: z.number().int(),
    /** Records that are sent again automatically; they need nobody. */
    retrying: z.number().int(),
    needsAttention: z.number().int(),
    /** What the plan said; null for imported runs. */
    plannedMicroUsd: microUsd.nullable(),
    spentMicroUsd: microUsd,
    reservedMicroUsd: microUsd,
    capMicroUsd: microUsd.nullable(),
    savedMicroUsd: microUsd,
    /** Why it stands still, or some of its batches do (`batches`; null: the run as a whole); what is wrong first. */
    waits: list(
      z.object({
        for: z.enum(waitKinds),
        label: z.string(),
        since: timeMs,
        batches: z.number().int().nullable(),
      }),
    ),
    /** How many batches are in each state of an attempt. */
    batches: list(z.object({ state: attemptState, ending: ending.nullable(), count: z.number().int() })),
  })
  .openapi('RunSummary')

export const batch = z
  .object({
    n: z.number().int(),
    round: z.number().int(),
    deliveryMode,
    requests: z.number().int(),
    bytes: z.number().int(),
    state: attemptState,
    reason: z.string().nullable(),
    ending: ending.nullable(),
    wait: wait.nullable(),
    attempts: z.number().int(),
    providerBatchId: z.string().nullable(),
    /** Whose it is: the host and a digest of the key; null: nobody's yet, or not noted. */
    account: z.string().nullable(),
    /** As the job names that account; null: it is the usual one of its service. */
    accountName: z.string().nullable(),
    remote: z.object({ total: z.number(), completed: z.number(), failed: z.number() }),
    counts: outcomeCounts,
    expiresAt: timeMs.nullable(),
    lateAt: timeMs.nullable(),
    costMicroUsd: microUsd,
    reservedMicroUsd: microUsd,
  })
  .openapi('Batch')

/** Where a run stands: what `offpeak status --json` prints. */
export const runStatus = z
  .object({
    schema: z.literal('offpeak.status/2'),
    run: z.string(),
    job: z.string(),
    model: z.string(),
    provider: z.string(),
    /** Host and a digest of the key; null: not noted. */
    account: z.string().nullable(),
    /** Whether an emulator has answered: its answers are invented, and nothing was paid. */
    simulated: z.boolean(),
    /** Whether its answers go where the job says. */
    writes: z.boolean(),
    state: runState,
    pauseKind: pauseKind.nullable(),
    pauseReason: z.string().nullable(),
    pauseShortMicroUsd: microUsd.nullable(),
    wait: wait.nullable(),
    rescues: orNull(z.string()).openapi({ description: 'the earlier run whose records this one asks again' }),
    jobChange: jobChange.nullable(),
    notStarted: list(notStarted).openapi({
      description: 'jobs that should have begun as it ended, and did not; none while it continues',
    }),
    createdAt: timeMs,
    finishedAt: timeMs.nullable(),
    reopenedAt: timeMs.nullable(),
    tookMs: z.number().nullable(),
    deliveryMode,
    deadlineAt: timeMs.nullable(),
    sourceDone: z.boolean(),
    selected: z.number().int(),
    unchanged: z.number().int(),
    counts: outcomeCounts,
    pending: z.number().int(),
    /** Records that are sent again automatically; they need nobody. */
    retrying: z.number().int(),
    needsAttention: z.number().int(),
    batches: list(batch),
    money: z.object({
      spentMicroUsd: microUsd,
      reservedMicroUsd: microUsd,
      /** Part of what is reserved: what ended batches can have cost whose answers are not read yet. */
      unbookedMicroUsd: microUsd,
      capMicroUsd: microUsd.nullable(),
      sharedCapMicroUsd: microUsd.nullable(),
      realtimeMicroUsd: microUsd,
      savedMicroUsd: microUsd,
      wastedMicroUsd: microUsd,
      repairMicroUsd: microUsd,
      duplicateMicroUsd: microUsd,
      possiblyPaidMicroUsd: microUsd,
      estimatedAnswers: z.number().int(),
      otherTierAnswers: z.number().int(),
    }),
    tokens: z.object({ input: z.number(), output: z.number() }),
    inputUnit: z
      .enum(['token', 'page'])
      .openapi({ description: 'what `tokens.input` counts, and is priced by' }),
    lines: z.record(z.string(), z.number()),
    plan: orNull(plan),
  })
  .openapi('RunStatus')

/**
 * The provider's account of a run that no process continues; null: some process does, and the status is as new as it
 * gets.
 */
export const providerLook = z
  .object({
    schema: z.literal('offpeak.at-provider/2'),
    run: z.string(),
    atProvider: z
      .object({
        dueSince: timeMs,
        askedAt: timeMs,
        batches: list(
          z.object({
            n: z.number().int(),
            providerBatchId: z.string(),
            state: z.string().nullable(),
            counts: z.object({ total: z.number(), completed: z.number(), failed: z.number() }).nullable(),
            message: z.string().nullable(),
          }),
        ),
        notAsked: z.number().int(),
        message: z.string().nullable(),
      })
      .nullable(),
  })
  .openapi('ProviderLook')

export const startedRun = z
  .object({
    /** True: a run of the job was going on already, and is this one. */
    attached: z.boolean(),
    status: runStatus,
  })
  .openapi('StartedRun')

/** Money and merged records over the time of a run, from the ledger. */
export const timeline = z
  .object({
    schema: z.literal('offpeak.timeline/2'),
    run: z.string(),
    points: list(
      z.object({ at: timeMs, spentMicroUsd: microUsd, reservedMicroUsd: microUsd, merged: z.number().int() }),
    ),
  })
  .openapi('Timeline')

export const submitRequest = z.strictObject({
  maxCost: usdText.optional().openapi({ description: 'the new cap of the whole run' }),
})

export const resumeRequest = z.strictObject({
  maxCost: usdText.optional().openapi({ description: 'the new cap of the whole run' }),
  accept: z.boolean().default(false).openapi({
    description:
      'take what is there: answers that are missing count as possibly paid, and what a lost state has sent is sent again',
  }),
  today: z.boolean().default(false).openapi({
    description: 'continue by the job as it is now, where it is not the one that the run began with',
  }),
})

export const mergeRequest = z.strictObject({
  today: z.boolean().default(false).openapi({
    description: 'judge by the job as it is now, where it is not the one that the run began with',
  }),
})

export const retryRequest = z.strictObject({
  outcomes: list(outcome).nullable().default(null),
  reason: z
    .string()
    .max(1_000)
    .nullable()
    .default(null)
    .openapi({ description: 'those whose reason has this' }),
  keys: list(z.string().max(1_000)).nullable().default(null),
  today: z.boolean().nullable().default(null).openapi({
    description:
      'true: with the job as it is now, in a run of its own; false: as sent; null: by what is chosen, as `offpeak retry` does',
  }),
  maxTokens: z
    .number()
    .int()
    .positive()
    .nullable()
    .default(null)
    .openapi({ description: 'with today’s job and this limit of output tokens, for these records alone' }),
  model: z
    .string()
    .min(1)
    .max(200)
    .nullable()
    .default(null)
    .openapi({ description: 'with today’s job and this model, for these records alone' }),
  deliveryMode: otherDeliveryMode.nullable().default(null),
  maxCost: usdText.optional().openapi({
    description:
      'as sent, what the run may cost in total; with today’s job, what the new run may cost. Without it, the cap stays as it is, or the budget of the job counts',
  }),
  dryRun: z.boolean().default(false).openapi({ description: 'only say how many and how much' }),
})

export const retryAnswer = z
  .object({
    schema: z.literal('offpeak.retry-plan/2'),
    run: z.string(),
    requests: z.number().int(),
    counts: outcomeCounts,
    deliveryMode,
    likelyMicroUsd: microUsd.nullable(),
    atMostMicroUsd: microUsd.nullable(),
    kind: z.enum(['as-sent', 'today']),
    /** Whether the job asks otherwise today: what is sent again is sent as it was built. */
    asBuilt: z.boolean(),
    /** How many are sent again; 0 when it was only asked. */
    marked: z.number().int(),
    /** The run that asks them with today's job; null: they are sent within this run, or it was only asked. */
    rescue: z.string().nullable(),
    /** With today's job: how many are asked otherwise than they were. */
    asked: z.number().int().nullable(),
    command: z.string(),
  })
  .openapi('RetryAnswer')

/** Remedies for the records of a run that were not answered well, each with its price, the best first. */
export const remedies = z
  .object({
    schema: z.literal('offpeak.remedies/2'),
    run: z.string(),
    items: list(
      z.object({
        kind: z.enum(remedyKinds),
        outcomes: list(outcome),
        records: z.number().int(),
        likelyMicroUsd: microUsd.nullable(),
        atMostMicroUsd: microUsd.nullable(),
        agreeMicroUsd: microUsd.nullable().openapi({
          description: 'what `maxCost` is to be: as sent, for the whole run with it',
        }),
        parts: z.record(z.string(), z.number().int()),
        command: z.string(),
      }),
    ),
    judged: z.number().int(),
    stuck: outcomeCounts,
    problem: z.string().nullable(),
  })
  .openapi('Remedies')

export const mergeAnswer = z
  .object({ run: z.string(), counts: outcomeCounts })
  .openapi('MergeAnswer', { description: 'what the records with an answer are now' })

export const cancelRequest = z.strictObject({
  batch: z.number().int().nonnegative().nullable().default(null),
  unsent: z.boolean().default(false).openapi({
    description: 'drop only what was not sent yet, and what is to be sent again and is in no batch',
  }),
})

/** State of a run, as REST has it. */
export type RunState = z.infer<typeof runState>
export type RunSummary = z.infer<typeof runSummary>
export type Batch = z.infer<typeof batch>
/** Status of a run, as REST has it. */
export type RunStatus = z.infer<typeof runStatus>
export type StartedRun = z.infer<typeof startedRun>
export type Remedies = z.infer<typeof remedies>
export type Timeline = z.infer<typeof timeline>
export type RetryRequest = z.input<typeof retryRequest>
export type RetryAnswer = z.infer<typeof retryAnswer>
