import { z } from 'zod'
import { settingsIssue } from '../../config/settings-issue.ts'
import { OffpeakError } from '../../domain/errors.ts'
import { deliveryModes } from '../../domain/delivery-mode.ts'
import { outcomeNames } from '../../domain/outcome.ts'

/** What calls of the client take: programs that are not checked by a compiler get words, and no state that cannot be read. */

const yes = z.boolean().optional()
const text = z.string().optional()
const keys = z.array(z.string()).optional()
const count = z.int().min(1).optional()

/** As a run keeps them, and as the next process reads them. */
const params = z
  .record(z.string(), z.unknown())
  .refine(isStorable, 'it is to hold what JSON can hold')
  .optional()

function isStorable(value: unknown): boolean {
  try {
    return JSON.stringify(value) !== undefined
  } catch {
    return false
  }
}

const following = {
  signal: z.instanceof(AbortSignal, { error: 'it is to be an AbortSignal' }).optional(),
  onProgress: z
    .custom((value) => typeof value === 'function', { error: 'it is to be a function' })
    .optional(),
}

const records = {
  params,
  limit: count,
  only: keys,
  redo: yes,
  payAgain: yes,
  keep: yes,
  deliveryMode: z.enum(deliveryModes).optional(),
  deadline: text,
  write: yes,
}

export const planOptionsShape = z.strictObject(records)
export const runOptionsShape = z.strictObject({ ...records, ...following, maxCost: text })
export const resumeOptionsShape = z.strictObject({ ...following, maxCost: text, today: yes, accept: yes })

const outcome = z.enum(outcomeNames)
export const retryOptionsShape = z.strictObject({
  ...following,
  status: z.union([outcome, z.array(outcome)]).optional(),
  error: text,
  only: keys,
  today: yes,
  maxTokens: count,
  model: text,
  deliveryMode: z.enum(['flex', 'realtime']).optional(),
  maxCost: text,
})

/** The shape of the options of `results`; what `sort` may name is said where it is read. */
export const resultsFilterShape = z.strictObject({
  status: z.enum(['ok', 'failed', 'all']).optional(),
  answers: yes,
  answer: text,
  sort: z.strictObject({ field: z.string(), descending: z.boolean() }).optional(),
  job: z
    .custom((value) => typeof value === 'object' && value !== null, {
      error: 'it is to be what defineJob() gives',
    })
    .optional(),
})

/** A program may have no run at hand, as where nothing was to be sent: that is no choice of a run. Throws E_USAGE. */
export function requireRunName(call: string, run: unknown): void {
  if (typeof run === 'string' && run.trim() !== '') return
  throw new OffpeakError('E_USAGE', `${call}: no run is named`, {
    fix: 'give the id of a run, as `run` of a status has it, or the name of a job for its last run',
  })
}

/** The guard against options that a call does not take, or not so: throws E_USAGE. */
export function requireOptions(call: string, shape: z.ZodType, options: unknown): void {
  const parsed = shape.safeParse(options)
  if (parsed.success) return
  const { problem, fix } = settingsIssue(shape, options, parsed.error, { whole: 'what is given' })
  throw new OffpeakError('E_USAGE', `the options of ${call}: ${problem}`, { fix })
}
