import type { OutcomeCounts } from '../domain/outcome.ts'
import type { RetryChoice } from '../engine/control.ts'
import type { Flow } from '../engine/flow.ts'
import type { Plan } from '../engine/plan/plan.ts'
import type { RetryCost } from '../engine/plan/retry-cost.ts'
import type { Remedies } from '../engine/remedies.ts'
import type { RescueChoice } from '../engine/rescue.ts'
import type { RunRow } from '../ports/state.ts'
import type { Selection } from './project.ts'

/** The part of a project that is about records that were not answered well. */
export interface Remedying {
  /** What can be done about the records of a run that were not answered well, each with its price. Sends nothing. */
  readonly remedies: (runId: string) => Promise<Remedies>
  /**
   * What is chosen of a run, as the selection of a run of its own that asks it with the job of today: to be planned and
   * started like any other. Starts nothing. Throws E_RUN_STATE while a run of the job lives.
   */
  readonly rescue: (runId: string, choice: RescueChoice) => Promise<Selection>
  /** What a retry would send and cost. */
  readonly retryCost: (runId: string, choice: RetryChoice) => Promise<RetryCost>
  /** Marks what is chosen to be sent again, in a lane of its own when one is named. Throws E_PRICE_UNKNOWN. */
  readonly retry: (runId: string, choice: RetryChoice) => Promise<number>
  readonly mergeAgain: (runId: string, batchN: number | null) => Promise<OutcomeCounts>
}

interface Tools {
  readonly flow: Flow
  readonly find: (runId: string) => Promise<RunRow>
  readonly plan: (job: string, selection: Selection) => Promise<Plan>
}

/** Loads what it needs when it is first used. */
export function remedying({ flow, find, plan }: Tools): Remedying {
  return {
    remedies: async (runId) => {
      const run = await find(runId)
      const { remediesOf } = await import('../engine/remedies.ts')
      return remediesOf(flow, run, (selection) => plan(run.job, selection))
    },
    rescue: async (runId, choice) =>
      (await import('../engine/rescue.ts')).rescueSelection(flow, await find(runId), choice),
    retryCost: async (runId, choice) =>
      (await import('../engine/plan/retry-cost.ts')).retryCostOf(flow, await find(runId), choice),
    retry: async (runId, choice) =>
      (await import('../engine/control.ts')).retryRun(flow, await find(runId), choice),
    async mergeAgain(runId, batchN) {
      const { mergeAgain } = await import('../engine/control.ts')
      const { prepareReading } = await import('../engine/plan/prepare-run.ts')
      const run = await find(runId)
      return mergeAgain(flow, run, await prepareReading(flow, run), batchN)
    },
  }
}
