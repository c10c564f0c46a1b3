import type { Definition } from '../domain/definition.ts'
import type { WaitTimings } from '../planning/waiting/wait.ts'
import type { Attachments } from '../ports/attachments.ts'
import type { Random, Clock } from '../ports/clock.ts'
import type { AnyJob } from '../ports/job.ts'
import type { Provider } from '../ports/provider/provider.ts'
import type { OpenSink } from '../ports/sink.ts'
import type { ConnectorContext } from '../ports/source.ts'
import type { RunRow } from '../ports/state.ts'
import type { Store } from '../ports/store.ts'
import type { CrashPoint } from './crash-points.ts'
import type { LeftToOthers } from './left-to-others.ts'

/** Everything the steps of the flow work with; made once per process, in `offpeak.ts`. */
export interface Flow {
  readonly store: Store
  readonly clock: Clock
  readonly random: Random
  readonly timings: Timings
  readonly realtime: RealtimeLimits
  /** The directory of request and answer files. */
  readonly filesDir: string
  readonly connectors: ConnectorContext
  readonly openSink: OpenSink
  readonly attachments: Attachments
  /** The job by name, or null when no job file defines it now. */
  readonly job: (name: string) => Promise<AnyJob | null>
  /** What a run would know the job by that is defined now; null: no job file defines it. */
  readonly definition: (name: string) => Promise<DefinitionNow | null>
  /**
   * What a job may cost in a UTC day, in micro-dollars, as its file and the configuration say now (`perDayMicroUsd` null:
   * no bound); null: no job file defines it.
   */
  readonly dayBudget: (name: string) => Promise<{ readonly perDayMicroUsd: number | null } | null>
  readonly provider: (job: AnyJob) => Promise<Provider>
  /** All accounts that answer for a job, in its order: `provider` is the first, and mostly the only one. */
  readonly accounts: (job: AnyJob) => Promise<readonly Provider[]>
  /** Whether the embedded emulator answers everything here. */
  readonly isSimulated: boolean
  /** The same to read stored answers with: it may have no credentials, and is never asked anything. */
  readonly reader: (job: AnyJob) => Promise<Provider>
  /** Starts what follows a run that is about to end; tells what could not be started, and why. */
  readonly follow: (
    run: RunRow,
  ) => Promise<readonly { readonly job: string; readonly reason: string; readonly agreed: boolean }[]>
  /** What other processes of a fleet may do in place of this one; null: the state is this machine's alone. */
  readonly others: LeftToOthers | null
  /** Names this process in leases. */
  readonly holder: string
  /** Does nothing in production; the crash harness ends the process here. */
  readonly reach: (point: CrashPoint) => void
}

/** The definition of a job as this process has it. */
export interface DefinitionNow extends Definition {
  /** When the newest of the files was changed that it comes from (milliseconds since the epoch). */
  readonly changedAt: number
}

/** How fast one process asks one by one, for each model; a refusal slows it down further. */
export interface RealtimeLimits {
  readonly concurrency: number
  readonly requestsPerMinute: number
  readonly tokensPerMinute: number
  /** Requests of one file: its answers are merged when all are there. */
  readonly maxRequests: number
}

/** How fast a model is asked one by one: as its provider says, else as this process is set. */
export function realtimeLimits(
  { realtime }: Pick<Flow, 'realtime'>,
  { limits }: Pick<Provider, 'limits'>,
): RealtimeLimits {
  return { ...realtime, ...limits.realtime }
}

/** Limits of real-time calls as the smallest paid accounts have them (OpenAI, rate limits of usage tier 1). */
export const defaultRealtime: RealtimeLimits = {
  concurrency: 8,
  requestsPerMinute: 500,
  tokensPerMinute: 200_000,
  maxRequests: 200,
}

/** How long things may take, in milliseconds. */
export interface Timings {
  /** A process that is silent for so long loses its work to another one. */
  readonly leaseMs: number
  /** Pauses between looks for a batch whose creation is in doubt; after the last one the input file is deleted. */
  readonly settleMs: readonly number[]
  /** How late the provider's list may show a batch. */
  readonly listingLagMs: number
  /** The longest that what may have been paid is waited for before a person is asked; nothing is given up. */
  readonly lostAfterMs: number
  /** Overrides the provider's own polling pace. */
  readonly pollEveryMs: number | null
  /** First pause after a refusal for enqueued tokens; it doubles from there. */
  readonly quotaBackoffMs: number
  /**
   * How long the answer to a paid call is still waited for once the process is asked to end. What is cut off then is in
   * doubt, and looked for as it goes on.
   */
  readonly lastAnswerMs: number
  /** How many files may be built ahead of those that are uploaded. */
  readonly filesAhead: number
  /**
   * How long one command waits for a state whose database is away, or whose disk is full, before it fails. What works
   * for ever, and a run that is carried, wait longer.
   */
  readonly awayMs: number
  /** `cancel` lets go of a run once all that is left of it has been silent for so long. */
  readonly silentMs: number
  /** Bounds in place of the usual ones, by what is waited for: how long and how often until a person is asked. */
  readonly waits: WaitTimings['waits']
  /** The share of a batch's requests whose answers may be missing without stopping the run. */
  readonly maxMissingShare: number
}

/** Used unless the configuration says otherwise. */
export const defaultTimings: Timings = {
  leaseMs: 30_000,
  settleMs: [15_000, 45_000, 60_000],
  listingLagMs: 15_000,
  lostAfterMs: 21_600_000,
  pollEveryMs: null,
  quotaBackoffMs: 5_000,
  lastAnswerMs: 20_000,
  filesAhead: 4,
  awayMs: 60_000,
  silentMs: 30_000,
  waits: {},
  maxMissingShare: 0.01,
}
