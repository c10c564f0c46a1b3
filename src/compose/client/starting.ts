import { formatUsd } from '../../wording/amount.ts'
import { startRun } from '../../engine/control/start-run.ts'
import { checkAffordable } from '../../engine/plan/affordable.ts'
import { makePlan } from '../../engine/plan/make-plan.ts'
import type { Plan } from '../../engine/plan/plan.ts'
import { claimFilesDirectory } from '../../engine/files/project-marker.ts'
import {
  type AgreedFollower,
  chainBudget,
  type PayerBudget,
  type SharedBudget,
  specOf,
} from '../../engine/spec.ts'
import type { RunRow } from '../../ports/state.ts'
import { startFollowers } from '../followers.ts'
import { planOptions } from '../plan-options.ts'
import { keptApart, makeCopies } from '../rehearsal.ts'
import { everything, type Selection } from '../selection.ts'
import { type Workspace, writesFor } from '../workspace.ts'

/** How a run is started, besides its selection. */
export interface StartHow {
  /** A plan that was just made; made anew when left out. */
  readonly plan?: Plan
  /** A budget that several runs draw on. */
  readonly shared?: SharedBudget
  /** The budget of whoever starts it: it binds the run, and no agreement about the run raises it. */
  readonly payer?: PayerBudget
  /** What it and the runs that follow it may cost together; null: each as much as its own budget allows. */
  readonly totalMicroUsd?: number | null
  /** The followers that were agreed to; those of the plan when left out. */
  readonly followers?: readonly AgreedFollower[]
  /** The run that this one follows. */
  readonly follows?: string
}

/** `Offpeak.start`. */
export async function startSelected(
  workspace: Workspace,
  name: string,
  selection: Selection,
  capMicroUsd: number | null,
  how: StartHow = {},
): Promise<{ readonly run: RunRow; readonly attached: boolean }> {
  const { flow } = workspace
  await claimFilesDirectory(flow)
  const options = await planOptions(workspace, name, selection, { asks: true })
  const writes = await readyToWrite(workspace, name, selection)
  const made = how.plan ?? (await makePlan(options))
  checkAffordable(made, capMicroUsd ?? how.shared?.capMicroUsd ?? null, formatUsd)
  const { shared = null, payer = null, follows = null, totalMicroUsd = null } = how
  const agreed = made.followers.flatMap(({ job, budgetMicroUsd }) =>
    budgetMicroUsd === null ? [] : [{ job, capMicroUsd: budgetMicroUsd }],
  )
  return startRun({
    ...options,
    writes,
    plan: made,
    capMicroUsd,
    shared: shared ?? (agreed.length === 0 ? null : chainBudget(flow.random.id(12), totalMicroUsd)),
    followers: how.followers ?? agreed,
    payer,
    follows,
    hold: selection.hold === true,
  })
}

/**
 * Whether the places that answers go to are the job's own, once they are ready: copies stand in their place where
 * answers are invented.
 */
export async function readyToWrite(
  workspace: Workspace,
  name: string,
  selection: Selection,
): Promise<boolean> {
  const writes = writesFor(workspace, selection)
  if (!writes) await makeCopies(workspace.config, (await workspace.loaded(name)).job)
  return writes
}

/** `Flow.follow`: starts what follows a run that has ended, within what was agreed to with it. */
export async function startAfter(workspace: Workspace, run: RunRow): ReturnType<typeof startFollowers> {
  const { config, store } = workspace
  const { followers, shared, payer, writes } = specOf(run)
  // It may have been raised since the run began.
  const now = shared === null ? null : await store.budget(shared.key)
  const selection = { ...everything, write: writes }
  return startFollowers(await config.jobs.all(), run, {
    apart: writes ? null : await keptApart(config, run.job),
    agreed: followers,
    plan: async (name) => makePlan(await planOptions(workspace, name, selection, { asks: false })),
    start: (made, capMicroUsd) =>
      startSelected(workspace, made.job, selection, capMicroUsd, {
        plan: made,
        follows: run.id,
        followers,
        ...(payer === null ? {} : { payer }),
        ...(shared === null
          ? {}
          : { shared: { key: shared.key, capMicroUsd: now ? now.capMicroUsd : shared.capMicroUsd } }),
      }),
  })
}
