import { z } from 'zod'
import { usd } from './amount-text.ts'
import { parseDuration } from '../domain/duration.ts'
import { OffpeakError } from '../domain/errors.ts'
import { parseUsd } from '../wording/amount.ts'
import { waitKinds } from '../domain/wait.ts'
import { api } from './api.ts'
import { settingsIssue } from './settings-issue.ts'
import { notify } from './notify.ts'
import { headers, timeouts } from './way-out.ts'

const usdAmounts = {
  input: z.number(),
  cachedInput: z.number().exactOptional(),
  cacheWrite: z.number().exactOptional(),
  longCacheWrite: z.number().exactOptional(),
  output: z.number(),
}
const usdPrice = z.strictObject({
  ...usdAmounts,
  /** What a request costs as a whole that has more input tokens than `above`. */
  steps: z.array(z.strictObject({ above: z.number(), ...usdAmounts })).exactOptional(),
})

/** By exact model id or deployment name. */
const prices = z.record(
  z.string(),
  z.strictObject({
    batch: usdPrice.exactOptional(),
    flex: usdPrice.exactOptional(),
    realtime: usdPrice.exactOptional(),
    maxOutputTokens: z.number().exactOptional(),
    contextTokens: z.number().exactOptional(),
  }),
)

/** How a provider is reached, besides its address and key. */
const access = {
  headers: headers.optional(),
  /** Whether it may be called without encryption, in a private network. */
  insecureHttp: z.boolean().default(false),
}

/** Whether the built-in emulator answers every job, whatever keys there are, and how it behaves. */
const emulator = z.union(
  [
    z.boolean(),
    z.strictObject({
      speed: z.number().positive().optional(),
      port: z.number().optional(),
      failRate: z.number().min(0).max(1).optional(),
      latencyMs: z.number().min(0).optional(),
      seed: z.number().optional(),
      /** Whether its invented answers go where the jobs write, in place of `.offpeak/emulator/`. */
      write: z.boolean().default(false),
    }),
  ],
  {
    error:
      'it is true (the emulator answers), false (the provider does) or { speed, port, failRate, latencyMs, seed, write }',
  },
)

export const settings = z.strictObject({
  jobs: z.union([z.string(), z.array(z.string())]).default('jobs/*.job.{ts,mts,cts,js,mjs,tsx}'),
  state: z.string().default('.offpeak/state.db'),
  /** Where request and answer files lie; workers on several machines share it. */
  files: z.string().optional(),
  database: z.string().optional(),
  /** Of each job, as far as it has none of its own. */
  budget: z.strictObject({ perRun: usd.optional(), perDay: usd.optional() }).optional(),
  /** Makes batches smaller, or fewer at a time, than the provider allows: requests and bytes of one input file. */
  batch: z
    .strictObject({
      maxRequests: z.number().int().positive().optional(),
      maxBytes: z.number().int().positive().optional(),
      /** Batches that may be at work with one account at the same time; the provider's own bound when left out. */
      maxConcurrent: z.number().int().positive().optional(),
    })
    .optional(),
  /** How fast one process asks in real time and in flex, for each model. */
  realtime: z
    .strictObject({
      concurrency: z.number().int().positive().exactOptional(),
      requestsPerMinute: z.number().positive().exactOptional(),
      tokensPerMinute: z.number().positive().exactOptional(),
      /** Requests of one file: answers are merged when a file is done. */
      maxRequests: z.number().int().positive().exactOptional(),
    })
    .default({}),
  quota: z.record(z.string(), z.strictObject({ enqueuedTokens: z.number().positive() })).default({}),
  prices: prices.default({}),
  emulator: emulator.default(false),
  /** How other providers are reached, by their names: `{ anthropic: { headers: { … } } }`. */
  providers: z.record(z.string(), z.strictObject(access)).optional(),
  openai: z.strictObject(access).optional(),
  azure: z
    .strictObject({
      ...access,
      /** Gives an Entra token; asked with `forceRefresh` after the service has refused the last one. */
      token: z
        .custom<(options: { readonly forceRefresh: boolean }) => Promise<string>>(
          (value) => typeof value === 'function',
        )
        .optional(),
    })
    .optional(),
  /** `false`: the proxies that the environment names are not used. `loopback`: for services on this machine as well. */
  proxy: z.union([z.literal(false), z.strictObject({ loopback: z.boolean().default(false) })]).optional(),
  timeouts: timeouts.default({}),
  api,
  notify,
  retention: z.strictObject({ files: z.string().optional() }).optional(),
  worker: z
    .strictObject({
      driver: z.enum(['local', 'pg-boss']).optional(),
      concurrency: z.number().int().positive().optional(),
      /** How often a fleet looks for work whose wake-up was lost, in milliseconds. */
      sweepEveryMs: z.number().positive().optional(),
    })
    .optional(),
  timings: z
    .strictObject({
      leaseMs: z.number().positive().exactOptional(),
      settleMs: z.array(z.number()).exactOptional(),
      listingLagMs: z.number().exactOptional(),
      lostAfterMs: z.number().exactOptional(),
      pollEveryMs: z.number().nullable().exactOptional(),
      quotaBackoffMs: z.number().exactOptional(),
      /** How long the answer to a create is still waited for once the process is asked to end. */
      lastAnswerMs: z.number().nonnegative().exactOptional(),
      filesAhead: z.number().int().positive().exactOptional(),
      /** How long one command waits for a state that is away or full. */
      awayMs: z.number().nonnegative().exactOptional(),
      /** How long all that is left of a run may be silent before `cancel` lets go of it. */
      silentMs: z.number().positive().exactOptional(),
      /** When a person is asked, by what is waited for: after so long and so many tries. */
      waits: z
        .partialRecord(
          z.enum(waitKinds),
          z.strictObject({
            afterMs: z.number().positive().exactOptional(),
            tries: z.number().int().positive().exactOptional(),
          }),
        )
        .exactOptional(),
      /** The share of a batch's requests whose answers may be missing without stopping the run. */
      maxMissingShare: z.number().min(0).max(1).exactOptional(),
    })
    .optional(),
})

/** Names of the settings in the configuration. */
export const configNames: readonly string[] = Object.keys(settings.shape)

/** Settings of a config file. */
export type Settings = z.input<typeof settings>
export type ParsedSettings = z.output<typeof settings>

/** A config file's settings, typed; returns them as they are. */
export function defineConfig(config: Settings): Settings {
  return config
}

/** The `prices` of a config, parsed. Throws E_CONFIG naming the entry that is wrong. */
export function parsePrices(value: unknown, where: string): ParsedSettings['prices'] {
  const parsed = prices.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const path = issue?.path.join('.') ?? ''
  throw new OffpeakError(
    'E_CONFIG',
    `${path === '' ? 'the prices' : `\`${path}\``}: ${issue?.message ?? 'not usable'}`,
    {
      where,
      fix: 'write { "my-model": { "batch": { "input": 0.15, "output": 0.6 } } }, in dollars per million tokens',
    },
  )
}

/** The exports of a config file, parsed. Throws E_CONFIG naming the entry that is wrong. */
export function parseSettings(value: unknown, where: string): ParsedSettings {
  const parsed = settings.safeParse(value)
  if (!parsed.success) {
    const { problem, fix } = settingsIssue(settings, value, parsed.error)
    throw new OffpeakError('E_CONFIG', problem, { where, fix })
  }
  for (const [name, text] of Object.entries(parsed.data.budget ?? {})) {
    if (text !== undefined && parseUsd(text) === null) {
      throw new OffpeakError('E_CONFIG', `\`budget.${name}\` is "${text}", not an amount of dollars`, {
        where,
        fix: `budget: { ${name}: '$90' }`,
      })
    }
  }
  const keep = parsed.data.retention?.files
  if (keep !== undefined && parseDuration(keep) === null) {
    throw new OffpeakError('E_CONFIG', `\`retention.files\` is "${keep}", not a duration`, {
      where,
      fix: "retention: { files: '30d' }",
    })
  }
  return parsed.data
}
