import type { OutcomeCounts } from '../../domain/outcome.ts'
import type { DroppedAnswered } from '../../engine/control/drop-answered.ts'
import type { RetryChoice } from '../../engine/control/retry-run.ts'
import type { RetryCost } from '../../engine/control/retry-cost.ts'
import type { MendedGroup } from '../../engine/control/priced-fixes.ts'
import type { Plan } from '../../engine/plan/plan.ts'
import type { OutcomeGroup } from '../../engine/queries/report.ts'
import type { Remedies } from '../../engine/control/remedies.ts'
import type { RescueChoice } from '../../engine/control/rescue.ts'
import type { Selection } from '../selection.ts'
import { runIn, type Workspace } from '../workspace.ts'

/** The part of a project that is about records that were not answered well. */
export interface Remedying {
  /** What can be done about the records of a run that were not answered well, each with its price. Sends nothing. */
  readonly remedies: (runId: string) => Promise<Remedies>
  /** What to do about groups of a run's records; of the first ones, all when left out, each command that spends has its amount. */
  readonly mended: (
    runId: string,
    groups: readonly OutcomeGroup[],
    priced?: number,
  ) => Promise<readonly MendedGroup[]>
  /**
   * What is chosen of a run, as the selection of a run of its own that asks it with the job of today: to be planned and
   * started like any other. Starts nothing. Throws E_RUN_STATE while a run of the job lives.
   */
  readonly rescue: (runId: string, choice: RescueChoice) => Promise<Selection>
  /** Those of the keys that were typed which name no record of a run. */
  readonly unknownIn: (runId: string, keys: readonly string[]) => Promise<readonly string[]>
  /** What a retry would send and cost. Throws E_RECORD_UNKNOWN where none of the keys is in the run. */
  readonly retryCost: (runId: string, choice: RetryChoice) => Promise<RetryCost>
  /** Marks what is chosen to be sent again, in a delivery mode of its own when one is named, under a new cap of the run when one is given. Throws E_PRICE_UNKNOWN. */
  readonly retry: (runId: string, choice: RetryChoice, capMicroUsd?: number | null) => Promise<number>
  /**
   * Judges stored answers again and writes those that fit; a run that asks these records again asks those no more, of which
   * `tell` hears. Throws E_JOB_CHANGED.
   */
  readonly mergeAgain: (
    runId: string,
    batchN: number | null,
    tell?: (dropped: DroppedAnswered) => void,
    /** Where the job says, also what a rehearsal has kept apart; left out: where the run did. */
    write?: boolean,
  ) => Promise<OutcomeCounts>
}

/** Remedies that load what they need when first used. */
export function remedying(workspace: Workspace): Remedying {
  const planned = async (job: string, selection: Selection): Promise<Plan> => {
    const { makePlan } = await import('../../engine/plan/make-plan.ts')
    const { planOptions } = await import('../plan-options.ts')
    return makePlan(await planOptions(workspace, job, selection, { asks: false }))
  }
  const of = (runId: string): ReturnType<typeof runIn> => runIn(workspace, runId)
  return {
    async remedies(runId) {
      const [flow, run] = await of(runId)
      const { remediesOf } = await import('../../engine/control/remedies.ts')
      return remediesOf(flow, run, (selection) => planned(run.job, selection))
    },
    async mended(runId, groups, priced) {
      const [flow, run] = await of(runId)
      const { pricedFixes } = await import('../../engine/control/priced-fixes.ts')
      return pricedFixes(flow, run, groups, (selection) => planned(run.job, selection), priced)
    },
    rescue: async (runId, choice) =>
      (await import('../../engine/control/rescue.ts')).rescueSelection(...(await of(runId)), choice),
    async unknownIn(runId, keys) {
      const { unknownIn } = await import('../../engine/job/typed-keys.ts')
      const [{ store }, run] = await of(runId)
      return unknownIn(store, run, keys)
    },
    retryCost: async (runId, choice) =>
      (await import('../../engine/control/retry-cost.ts')).retryCostOf(...(await of(runId)), choice),
    retry: async (runId, choice, capMicroUsd) =>
      (await import('../../engine/control/retry-run.ts')).retryRun(...(await of(runId)), choice, capMicroUsd),
    async mergeAgain(runId, batchN, tell, write = false) {
      const { mergeAgain } = await import('../../engine/control/merge-again.ts')
      const { requireSameWrite } = await import('../../engine/job/job-change.ts')
      const { prepareReading } = await import('../../engine/job/prepare.ts')
      const [own, run] = await of(runId)
      const flow = write ? workspace.flow : own
      await requireSameWrite(flow, run)
      return mergeAgain(flow, run, await prepareReading(flow, run), batchN, tell)
    },
  }
}
