import { z } from 'zod'
import { OffpeakError } from '../domain/errors.ts'
import type { InputUnit } from '../domain/token-rule.ts'
import { namedValues } from '../domain/named-values.ts'
import type { RunRow } from '../ports/state.ts'
import { storedPrice as price } from './stored-price.ts'

const spec = z.object({
  job: z.string(),
  version: z.string(),
  /** As they were given; the job's schema reads them anew each time. */
  params: namedValues,
  /** The model or deployment that answers, and where its requests go. */
  model: z.string(),
  /** The model behind a deployment, by which tokens are counted; null: the same, or the run is from before it was kept. */
  pricedAs: z.string().nullable().default(null),
  /** The deployment that is asked one by one; null: the same. */
  realtimeModel: z.string().nullable(),
  provider: z.string(),
  endpoint: z.string(),
  quotaKey: z.string(),
  /** How its requests are sent, unless a retry is sent otherwise. */
  deliveryMode: z.enum(['batch', 'flex', 'realtime']),
  /** So long after its beginning what is not answered is asked in real time. */
  deadlineMs: z.number().nullable(),
  /** What the provider leaves unanswered for so long goes to that delivery mode, so many requests at most. */
  fallback: z
    .object({ afterMs: z.number(), maxRows: z.number(), deliveryMode: z.enum(['flex', 'realtime']) })
    .nullable(),
  /** Prices as they stood when the run began, `price` that of a batch; null: unknown, and no budget is set. */
  price: price.nullable(),
  flexPrice: price.nullable(),
  realtimePrice: price.nullable(),
  /** The most output tokens that one answer can have; null: no bound is known. */
  maxOutputTokens: z.number().nullable(),
  /** What the model can read and write together; null: not known, or the run is from before it was asked. */
  contextTokens: z.number().nullable().default(null),
  maxTries: z.number(),
  /** Whether an invalid answer goes along when it is asked again, with what was wrong with it. */
  repair: z.boolean().default(false),
  capMicroUsd: z.number().nullable(),
  /** What its job could cost in a UTC day when it began, for where no job file says it now; null: no bound. */
  perDayMicroUsd: z.number().nullable(),
  /** A budget that this run shares with others. */
  shared: z.object({ key: z.string(), capMicroUsd: z.number().nullable() }).nullable(),
  /** A budget of whoever started it, which no agreement about this run raises. */
  payer: z.object({ key: z.string(), capMicroUsd: z.number() }).nullable(),
  /** The jobs that may be started after this run, within these amounts: agreed to together with it. */
  followers: z.array(z.object({ job: z.string(), capMicroUsd: z.number() })).default([]),
  /** The run that this one was started after. */
  follows: z.string().nullable(),
  /**
   * Set for a run that asks records of an earlier run again with the job of today: that run, the output limit in place of
   * the job's, and the model that the job itself names where this run asks another one.
   */
  rescue: z
    .object({ run: z.string(), maxTokens: z.number().nullable(), insteadOf: z.string().nullable() })
    .nullable()
    .default(null),
  limit: z.number().nullable(),
  only: z.array(z.string()).nullable(),
  redo: z.boolean(),
  /** Whether records are sent whose answers earlier runs may have paid for and lost. */
  payAgain: z.boolean().default(false),
  /** Whether what was done before stays done, although its request means something else now. */
  keep: z.boolean().default(false),
  /** What all its requests mean alike, for later runs to compare; null: the run is from before it was kept. */
  meaning: z
    .object({ model: z.string(), schema: z.string(), version: z.string(), settings: z.string() })
    .nullable()
    .default(null),
  /** Whether `set` reads the row, so that rows are kept beside their requests. */
  keepRows: z.boolean(),
  /** Whether parts of a record are written together. */
  joins: z.boolean(),
  /** Whether its answers go where the job says; invented ones otherwise go to the folder of the emulator. */
  writes: z.boolean().default(true),
  /** The answers came from elsewhere: nothing is read from the source or sent. */
  imported: z.boolean(),
  /** What was taken, by digest: the files of answers with how they were read. */
  brought: z.array(z.string()).default([]),
  /** The field of the output that the whole text of an answer becomes; null: the text is the output, as the job has it. */
  textAs: z.string().nullable().default(null),
  examples: z.array(z.unknown()),
  /** What its job was when it began, in two parts; null: it is from before that was noted, and matches any. */
  definition: z.object({ ask: z.string(), write: z.string() }).nullable().default(null),
})

/** The snapshot of a job and its selection that a run lives by, whatever happens to the job file meanwhile. */
export type RunSpec = z.infer<typeof spec>

export type Rescue = NonNullable<RunSpec['rescue']>

export type SharedBudget = NonNullable<RunSpec['shared']>

export type PayerBudget = NonNullable<RunSpec['payer']>

export type AgreedFollower = RunSpec['followers'][number]

/** Unit in which the input of a run's requests is counted and billed: tokens where no price was known. */
export function unitOf({ price, realtimePrice }: Pick<RunSpec, 'price' | 'realtimePrice'>): InputUnit {
  return (price ?? realtimePrice)?.unit ?? 'token'
}

/** The snapshot as the state keeps it. Throws E_BUG for one that could not be read again. */
export function textOfSpec(written: RunSpec): string {
  const text = JSON.stringify(written)
  const parsed = spec.safeParse(JSON.parse(text))
  if (parsed.success) return text
  throw new OffpeakError('E_BUG', 'the snapshot of a run could not be read again; nothing was stored', {
    cause: parsed.error,
  })
}

/** The snapshot of a run. Throws E_STATE_CORRUPT when the state holds something else. */
export function specOf(run: Pick<RunRow, 'id' | 'spec'>): RunSpec {
  try {
    return spec.parse(JSON.parse(run.spec))
  } catch (thrown) {
    throw unreadable(run, thrown)
  }
}

function unreadable({ id }: Pick<RunRow, 'id'>, cause: unknown): OffpeakError {
  return new OffpeakError('E_STATE_CORRUPT', `run ${id} has no readable snapshot of its job`, {
    fix: 'restore the state from a backup, or name a new one as `state` in offpeak.config.ts; what was sent is found again by the notes next to the files and at the provider, and is not paid a second time\nThen: offpeak status says what the state does not know of',
    money: 'unknown',
    cause,
  })
}

/** The amount that a run and all that follow it draw on. */
export function chainBudget(id: string, capMicroUsd: number | null): SharedBudget {
  return { key: `after:${id}`, capMicroUsd }
}

/** Whether a shared budget is that of a run and those that follow it, and not of runs side by side. */
export function isChain({ key }: SharedBudget): boolean {
  return key.startsWith('after:')
}

/** The budget of a job for the UTC day of `now`. */
export function dayKey(job: string, now: number): string {
  return `day:${job}:${new Date(now).toISOString().slice(0, 10)}`
}

/**
 * The budgets that a reservation of this run must fit into: its own, one it shares, that of whoever started it, and the
 * job's for the UTC day.
 */
export function budgetsOf(
  run: Pick<RunRow, 'id' | 'job'> & Partial<Pick<RunRow, 'simulated'>>,
  {
    capMicroUsd,
    perDayMicroUsd,
    shared,
    payer,
  }: Pick<RunSpec, 'capMicroUsd' | 'perDayMicroUsd' | 'shared' | 'payer'>,
  now: number,
): readonly { readonly key: string; readonly capMicroUsd: number | null }[] {
  const agreed = [{ key: `run:${run.id}`, capMicroUsd }, ...(shared === null ? [] : [shared])]
  // Nothing was spent: only what was agreed to for this very run is kept to.
  if (run.simulated === 1) return agreed
  return [
    ...agreed,
    ...(payer === null ? [] : [payer]),
    // Without a bound too: one that is set later in the day counts what was spent before.
    { key: dayKey(run.job, now), capMicroUsd: perDayMicroUsd },
  ]
}
