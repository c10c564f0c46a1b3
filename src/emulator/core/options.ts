import type { UpstreamOptions } from './upstream/upstream.ts'

/** How long the provider takes, in provider seconds (recorded life of a small batch, rounded). */
export interface Pace {
  readonly validatingSeconds: number
  readonly startSeconds: number
  readonly linesPerSecond: number
  readonly maxInProgressSeconds: number
  readonly finalizingSeconds: number
  readonly cancellingSeconds: number
}

export const defaultPace: Pace = {
  validatingSeconds: 3,
  startSeconds: 20,
  linesPerSecond: 50,
  maxInProgressSeconds: 300,
  finalizingSeconds: 2,
  cancellingSeconds: 2,
}

const noPace: Pace = {
  validatingSeconds: 0,
  startSeconds: 0,
  linesPerSecond: Infinity,
  maxInProgressSeconds: 0,
  finalizingSeconds: 0,
  cancellingSeconds: 0,
}

/** Options of `startEmulator`. */
export interface EmulatorOptions {
  /** 0 or absent: any free port. */
  readonly port?: number | undefined
  /** Absent: 127.0.0.1. */
  readonly host?: string | undefined
  /** Absent: a fresh temporary directory that is removed on close. */
  readonly dataDir?: string | undefined
  /** Provider seconds per real second; 1 is real time, 1000 lets a provider second last a millisecond. */
  readonly speed?: number | undefined
  /** Absent or empty: every key that is not empty is accepted. */
  readonly apiKeys?: readonly string[] | undefined
  /** Prompt tokens that may be enqueued at once, for every model or by model (Azure: by deployment). */
  readonly enqueuedTokenLimit?: number | Readonly<Record<string, number>> | undefined
  /** `sync` answers the create call with 400 at once, as Azure's fail-fast regions do. */
  readonly enqueuedTokenRefusal?: 'async' | 'sync' | undefined
  /** Share of the lines, 0 to 1, that fail with a 500 of their own. */
  readonly failRate?: number | undefined
  /** Real milliseconds added to every answer. */
  readonly latencyMs?: number | undefined
  readonly seed?: number | undefined
  /** Provider milliseconds an Azure file stays `pending`. */
  readonly filesPendingMs?: number | undefined
  /** Real milliseconds until a new batch shows in the list. */
  readonly listLagMs?: number | undefined
  readonly pace?: Partial<Pace> | undefined
  /** Azure deployment → model, where the name of the deployment does not tell. */
  readonly deployments?: Readonly<Record<string, string>> | undefined
  /** Azure deployments that are not batch deployments. */
  readonly standardDeployments?: readonly string[] | undefined
  /** Batches that may be created in one provider hour. */
  readonly batchesPerHour?: number | undefined
  /** Whether every reply says in a header (`offpeak-emulator`) that the answers are invented, or (`offpeak-relay`) a server's; it does unless told not to. */
  readonly announces?: boolean | undefined
  /** A server of one's own whose models answer, through OpenAI's files and batches; no other service is played then. */
  readonly upstream?: UpstreamOptions | undefined
  /** Scenarios for the batches to come: `name`, `name@3` (the third batch), `name@all`. */
  readonly scenarios?: readonly string[] | undefined
}

/** The options that stay in force while the emulator runs, with their defaults filled in. */
export interface Settings {
  readonly speed: number
  readonly apiKeys: readonly string[]
  readonly enqueuedTokenLimit: number | Readonly<Record<string, number>>
  readonly enqueuedTokenRefusal: 'async' | 'sync'
  readonly failRate: number
  readonly latencyMs: number
  readonly seed: number
  readonly filesPendingMs: number
  readonly listLagMs: number
  readonly pace: Pace
  readonly deployments: Readonly<Record<string, string>>
  readonly standardDeployments: readonly string[]
  readonly batchesPerHour: number
  readonly announces: boolean
  /** Whether a server behind answers, so that nothing here is invented. */
  readonly isRelay: boolean
}

/** OpenAI guide, Batch API: "up to 2,000 batches per hour". */
const defaultBatchesPerHour = 2000
const azurePendingMs = 2000

/** Settings from options, with what is left out filled in. */
export function settingsOf(options: EmulatorOptions): Settings {
  return {
    speed: options.speed ?? 1,
    apiKeys: options.apiKeys ?? [],
    enqueuedTokenLimit: options.enqueuedTokenLimit ?? Infinity,
    enqueuedTokenRefusal: options.enqueuedTokenRefusal ?? 'async',
    failRate: options.failRate ?? 0,
    latencyMs: options.latencyMs ?? 0,
    seed: options.seed ?? 1,
    filesPendingMs: options.filesPendingMs ?? azurePendingMs,
    listLagMs: options.listLagMs ?? 0,
    // A server takes the time that it takes.
    pace: { ...(options.upstream ? noPace : defaultPace), ...options.pace },
    deployments: options.deployments ?? {},
    standardDeployments: options.standardDeployments ?? [],
    batchesPerHour: options.batchesPerHour ?? defaultBatchesPerHour,
    announces: options.announces ?? true,
    isRelay: options.upstream !== undefined,
  }
}
