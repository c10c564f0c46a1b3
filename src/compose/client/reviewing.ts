import type { Preference, PreferenceCounts } from '../../domain/preference.ts'
import type { Comparison, SeveralCompared } from '../../engine/queries/compare/compare.ts'
import type { ComparedFilter, ComparedPage } from '../../engine/queries/compare/compare-records.ts'
import type { Coverage } from '../../engine/queries/coverage.ts'
import type { Side } from '../../engine/queries/compare/sides.ts'
import { findRun } from '../../engine/queries/find-run.ts'
import type { GivenVerdict, NewVerdict } from '../../engine/review/give-verdict.ts'
import type { ReviewQueue, ReviewSource } from '../../engine/review/queue.ts'
import type { TakenBack } from '../../engine/review/take-back.ts'
import { everything } from '../selection.ts'
import { runIn, type Workspace } from '../workspace.ts'

/** Views of answers for people, and the verdicts that they give. Nothing here is paid. */
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
  /**
   * The newest runs of a job's candidates side by side, each compared with the first over the records that all of them
   * have. Throws E_JOB_UNKNOWN, and E_USAGE for a job without candidates or with fewer than two that have run.
   */
  readonly compareCandidates: (name: string) => Promise<SeveralCompared>
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

/** Reviewing that loads what it needs when first used. */
export function reviewing(workspace: Workspace): Reviewing {
  // What was invented was written apart.
  const { apart: flow } = workspace
  const of = (runId: string): ReturnType<typeof runIn> => runIn(workspace, runId)
  const sideOf = async (name: string): Promise<Side> => {
    const [run = '', variant = null] = name.split(':')
    return { run: await findRun(flow, run), variant }
  }
  return {
    async coverage(name, params, by) {
      const { coverageOf } = await import('../../engine/queries/coverage.ts')
      const { planOptions } = await import('../plan-options.ts')
      const { job } = await planOptions(workspace, name, { ...everything, params }, { asks: false })
      return coverageOf(flow, job, by)
    },
    async compare(a, b, sample) {
      const { compareSides } = await import('../../engine/queries/compare/compare.ts')
      return compareSides(flow, await sideOf(a), await sideOf(b), sample)
    },
    async compareCandidates(name) {
      const { compareSeveral } = await import('../../engine/queries/compare/compare.ts')
      const { newestOfCandidates } = await import('../../engine/queries/compare/candidate-runs.ts')
      const { sides, silent } = await newestOfCandidates(flow, name)
      return { ...(await compareSeveral(flow, sides)), silent }
    },
    async comparedRecords(a, b, filter) {
      const { comparedRecords } = await import('../../engine/queries/compare/compare-records.ts')
      return comparedRecords(flow, await sideOf(a), await sideOf(b), filter)
    },
    async prefer(a, b, key, preference) {
      const { prefer } = await import('../../engine/queries/compare/preferences.ts')
      return { preferred: await prefer(flow, await sideOf(a), await sideOf(b), key, preference) }
    },
    async reviewQueue(runId, choice) {
      const { reviewQueue } = await import('../../engine/review/queue.ts')
      return reviewQueue(...(await of(runId)), choice)
    },
    async review({ run, ...said }) {
      const { giveVerdict } = await import('../../engine/review/give-verdict.ts')
      return giveVerdict(...(await of(run)), said)
    },
    async takeBack(runId, key) {
      const { takeBack } = await import('../../engine/review/take-back.ts')
      return takeBack(...(await of(runId)), key)
    },
  }
}
