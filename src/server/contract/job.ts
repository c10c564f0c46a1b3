import { z } from '@hono/zod-openapi'
import { runState } from './run.ts'
import { list, microUsd, timeMs } from './page.ts'

/** A job that is registered: defined by a file of the project. */
export const job = z
  .object({
    name: z.string(),
    /** The file that defines it, from the directory of the project. */
    file: z.string(),
    model: z.string(),
    source: z.string(),
    sink: z.string(),
    version: z.string(),
    /** Whether the emulator answers it. */
    simulated: z.boolean(),
    /** The jobs whose answers it goes on from. */
    after: list(z.string()),
    /** The names of its prompts, when it has several. */
    variants: list(z.string()),
    /** Its candidates, each by the name of the job that it is. */
    candidates: list(z.string()),
    /** Whether its answers are scored, and so may wait for a person. */
    scored: z.boolean(),
    /** The JSON Schema of its parameters; null: it takes none. */
    params: z.record(z.string(), z.unknown()).nullable(),
    budget: z.object({ perRunMicroUsd: microUsd.nullable(), perDayMicroUsd: microUsd.nullable() }),
    lastRun: z.object({ run: z.string(), state: runState, createdAt: timeMs }).nullable(),
  })
  .openapi('Job')

/** A job file, or one job of it, that cannot be used. */
const brokenJob = z.object({
  file: z.string(),
  names: list(z.string()),
  code: z.string(),
  message: z.string(),
  fix: z.string().nullable(),
})

export const jobs = z
  .object({
    schema: z.literal('offpeak.jobs/2'),
    items: list(job),
    /** Told to whoever sees all jobs. */
    broken: list(brokenJob),
  })
  .openapi('Jobs')

const recordStates = z.object({
  /** Records that are selected now. */
  total: z.number().int(),
  /** Done, and nothing about them changed since. */
  done: z.number().int(),
  /** Done with another row, prompt, model or version. */
  stale: z.number().int(),
  /** Asked, and not accepted. */
  failed: z.number().int(),
  /** Never asked. */
  never: z.number().int(),
})

/** How much of a job's source is done, from reading all of it. */
export const coverage = z
  .object({
    schema: z.literal('offpeak.coverage/2'),
    job: z.string(),
    /** The fields of the rows by which it is grouped; none: one group of everything. */
    by: list(z.string()),
    all: recordStates,
    groups: list(recordStates.extend({ values: z.record(z.string(), z.string()) })),
    /** True: so many groups were found that the rest is left out. */
    isTruncated: z.boolean(),
  })
  .openapi('Coverage')

/** A job, as REST has it. */
export type Job = z.infer<typeof job>
export type Jobs = z.infer<typeof jobs>
export type Coverage = z.infer<typeof coverage>
