import type { Preference, PreferenceCounts } from '../domain/preference.ts'
import { compareSides, type Comparison } from '../engine/look/compare.ts'
import { type ComparedFilter, type ComparedPage, comparedRecords } from '../engine/look/compare-records.ts'
import { type Coverage, coverageOf } from '../engine/look/coverage.ts'
import { prefer } from '../engine/look/preferences.ts'
import type { Side } from '../engine/look/sides.ts'
import type { Flow } from '../engine/flow.ts'
import type { PreparedJob } from '../engine/plan/prepare.ts'
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
  }
}
