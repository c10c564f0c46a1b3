import type { Preference, PreferenceCounts } from '../domain/preference.ts'
import { compareSides, type Comparison } from '../engine/look/compare.ts'
import { type ComparedFilter, type ComparedPage, comparedRecords } from '../engine/look/compare-records.ts'
import { type Coverage, coverageOf } from '../engine/look/coverage.ts'
import { prefer } from '../engine/look/preferences.ts'
import type { Side } from '../engine/look/sides.ts'
import type { Flow } from '../engine/flow.ts'
import type { PreparedJob } from '../engine/plan/prepare.ts'
import { type GivenVerdict, giveVerdict, type NewVerdict } from '../engine/review/give-verdict.ts'
import { type ReviewQueue, reviewQueue, type ReviewSource } from '../engine/review/queue.ts'
import { takeBack, type TakenBack } from '../engine/review/take-back.ts'
import type { RunRow } from '../ports/state.ts'

/** What people look at answers with, and what they say of them. Nothing here is paid. */
export interface Reviewing {
  /**
   * Reads the whole source of a job and tells how much of it is done, grouped by fields of the rows. Throws
   * E_JOB_UNKNOWN, E_PARAMS, E_SOURCE_*, and E_USAGE for a field that no row has.
   */
  readonly coverage: (
    name: string,
    params: Readonly<Record<string, unknown>>,
    by: readonly string[],
  ) => Promise<Coverage>
  /**
   * Sets two runs, or two variants as `run:variant`, beside each other; reads the answers of up to `sample` records.
   * Throws E_RUN_UNKNOWN and E_USAGE.
   */
  readonly compare: (a: string, b: string, sample: number) => Promise<Comparison>
  /** A page of the records that both sides have an accepted answer to; of two variants of one run there are none. */
  readonly comparedRecords: (a: string, b: string, filter: ComparedFilter) => Promise<ComparedPage>
  /**
   * Notes which of two answers a person finds better; null takes it back. Throws E_RUN_UNKNOWN, E_RECORD_UNKNOWN and
   * E_USAGE.
   */
  readonly prefer: (
    a: string,
    b: string,
    key: string,
    preference: Preference | null,
  ) => Promise<{ readonly preferred: PreferenceCounts }>
  /**
   * What of a run is to be looked at: answers below the minimum of the score, the lowest first; a sample of what was
   * written, of so many, that is the same at every call; or answers that were not accepted.
   */
  readonly reviewQueue: (
    runId: string,
    choice: { readonly source: ReviewSource; readonly sample: number },
  ) => Promise<ReviewQueue>
  /**
   * Keeps what a person says of an answer, and does what follows: accepted and edited ones are written where they are
   * not, rejected ones that wait are turned down. Throws E_RECORD_UNKNOWN, E_RUN_STATE, E_SCHEMA when the output does
   * not fit, E_SINK_* and E_DISK.
   */
  readonly review: (said: NewVerdict & { readonly run: string }) => Promise<GivenVerdict>
  /** Undoes a verdict; what it has written stays. Throws E_RECORD_UNKNOWN and E_RUN_STATE. */
  readonly takeBack: (runId: string, key: string) => Promise<TakenBack>
}

interface Wiring {
  readonly flow: Flow
  readonly find: (runId: string) => Promise<RunRow>
  /** A job as it is now, with these parameters. */
  readonly prepared: (name: string, params: Readonly<Record<string, unknown>>) => Promise<PreparedJob>
}

/** These doors to the engine. */
export function reviewing({ flow, find, prepared }: Wiring): Reviewing {
  const sideOf = async (name: string): Promise<Side> => {
    const [run = '', variant = null] = name.split(':')
    return { run: await find(run), variant }
  }
  return {
    coverage: async (name, params, by) => coverageOf(flow, await prepared(name, params), by),
    compare: async (a, b, sample) => compareSides(flow, await sideOf(a), await sideOf(b), sample),
    comparedRecords: async (a, b, filter) => comparedRecords(flow, await sideOf(a), await sideOf(b), filter),
    prefer: async (a, b, key, preference) => ({
      preferred: await prefer(flow, await sideOf(a), await sideOf(b), key, preference),
    }),
    reviewQueue: async (runId, choice) => reviewQueue(flow, await find(runId), choice),
    review: async ({ run, ...said }) => giveVerdict(flow, await find(run), said),
    takeBack: async (runId, key) => takeBack(flow, await find(runId), key),
  }
}
