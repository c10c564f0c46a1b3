import type { Ingested } from '../../engine/imports/ingest.ts'
import type { RenderedRecord } from '../../engine/plan/examples.ts'
import type { StoredPlan } from '../../engine/plan/stored-plan.ts'
import type { Plan } from '../../engine/plan/plan.ts'
import { requireSame } from '../../engine/plan/plan-file.ts'
import type { SendTryOptions } from '../../engine/trial/send-try.ts'
import type { TryChoice, TryPlan } from '../../engine/trial/try.ts'
import type { TryResult } from '../../engine/trial/try-result.ts'
import type { RunRow } from '../../ports/state.ts'
import type { BroughtHow } from './bringing.ts'
import type { Selection } from '../selection.ts'
import type { StartHow } from './starting.ts'
import type { Workspace } from '../workspace.ts'

/** Steps before a run, and its beginning. */
export interface Planning {
  readonly plan: (name: string, selection: Selection) => Promise<Plan>
  /** The first requests of a selection as they would be sent. */
  readonly examples: (name: string, selection: Selection, count: number) => Promise<readonly RenderedRecord[]>
  /** Keeps a plan for a day, so that exactly it can be started. Returns its id. */
  readonly storePlan: (plan: Plan, selection: Selection) => Promise<string>
  /** A plan of a job that was kept, with its selection. Throws E_PLAN_STALE when it is not there any more. */
  readonly storedPlan: (job: string, planId: string) => Promise<StoredPlan>
  /** Refuses a plan that was looked at when planning again gives something else. Throws E_PLAN_STALE naming what changed. */
  readonly requireSame: (seen: Plan, now: Plan) => void
  /**
   * Renders some records for each model (none: the job's own) and bounds what asking them in real time can cost.
   * Sends nothing. Throws E_SOURCE_*, E_SINK_*, E_SCHEMA, E_PARAMS and E_RECORD_UNKNOWN.
   */
  readonly prepareTry: (
    name: string,
    params: Selection['params'],
    choice: TryChoice,
    models: readonly string[],
  ) => Promise<readonly TryPlan[]>
  /** Asks the records of a try, each once, in real time; paid. Writes nothing unless told to. */
  readonly sendTry: (plan: TryPlan, options: SendTryOptions) => Promise<readonly TryResult[]>
  /** Makes a run that may cost up to `capMicroUsd` (null: no cap); sends nothing yet. Throws E_BUDGET when it cannot be enough. */
  readonly start: (
    name: string,
    selection: Selection,
    capMicroUsd: number | null,
    how?: StartHow,
  ) => Promise<{ readonly run: RunRow; readonly attached: boolean }>
  /**
   * Starts a run from files of answers that others have brought, as the provider of the job writes them. Sends nothing.
   * Throws E_RUN_STATE while a run of the job lives, E_RECORD_UNKNOWN, E_DISK and E_USAGE.
   */
  readonly ingest: (
    name: string,
    paths: readonly string[],
    how: BroughtHow,
    signal: AbortSignal,
  ) => Promise<Ingested & { readonly run: RunRow }>
}

/** Planning that loads what it needs when first used. */
export function planning(workspace: Workspace): Planning {
  const { flow } = workspace
  const optionsOf = async (name: string, selection: Selection) =>
    (await import('../plan-options.ts')).planOptions(workspace, name, selection, { asks: false })
  return {
    plan: async (name, selection) =>
      (await import('../../engine/plan/make-plan.ts')).makePlan(await optionsOf(name, selection)),
    examples: async (name, selection, count) =>
      (await import('../../engine/plan/examples.ts')).renderFirst(await optionsOf(name, selection), count),
    storePlan: async (plan, { params, limit, only, redo, payAgain, keep, write, deliveryMode, deadlineMs }) =>
      (await import('../../engine/plan/stored-plan.ts')).storePlan(flow, plan, {
        params: { ...params },
        limit,
        only,
        redo,
        ...(payAgain === true ? { payAgain } : {}),
        ...(write === undefined ? {} : { write }),
        ...(keep === true ? { keep } : {}),
        ...(deliveryMode === undefined ? {} : { deliveryMode }),
        ...(deadlineMs === undefined ? {} : { deadlineMs }),
      }),
    storedPlan: async (job, planId) =>
      (await import('../../engine/plan/stored-plan.ts')).storedPlan(flow, job, planId),
    requireSame: (seen, now) =>
      requireSame(seen, now, {
        where: `job ${now.job}`,
        fix: 'make it again, and look at what it says now',
      }),
    prepareTry: async (...asked) => (await import('./trying.ts')).prepareTry(workspace, ...asked),
    sendTry: async (...asked) => (await import('./trying.ts')).sendPreparedTry(flow, ...asked),
    start: async (...asked) => (await import('./starting.ts')).startSelected(workspace, ...asked),
    ingest: async (...asked) => (await import('./bringing.ts')).bringAnswers(workspace, ...asked),
  }
}
