import { OffpeakError } from '../../domain/errors.ts'
import { typedKey } from '../../wording/typed-key.ts'
import { formatMost, formatUsd } from '../../wording/amount.ts'
import {
  awaitsSubmit,
  capForRetry,
  maxCostOfBuilt,
  requireLive,
  requireNoLess,
  requireRetryFits,
  requireRoom,
  requireSubmitted,
} from '../../engine/control/caps.ts'
import type { RetryChoice } from '../../engine/control/retry-run.ts'
import { agreedFollowers, checkAffordable, isFreeOfCharge } from '../../engine/plan/affordable.ts'
import { maxCostOf, maxCostOfFollowers } from '../../wording/amount-of-plan.ts'
import { requireSameAsk } from '../../engine/job/job-change.ts'
import { isFreeWork, type Plan } from '../../engine/plan/plan.ts'
import { whyNothing } from '../../engine/plan/why-nothing.ts'
import type { RescueChoice } from '../../engine/control/rescue.ts'
import type { RetryCost } from '../../engine/control/retry-cost.ts'
import type { RunRow } from '../../ports/state.ts'
import type { Project } from '../project.ts'
import type { StartHow } from './starting.ts'
import type { Selection } from '../selection.ts'

/**
 * The acts that cost money, where nobody can be asked: each is done within an amount that was agreed to, and refused
 * with E_CONSENT without one. The rules are those of the command line.
 */

export interface StartRequest {
  readonly job: string
  readonly selection: Selection
  /** The plan that was looked at; null: none was, and it is planned now. */
  readonly seen: Plan | null
  /** The plan of now, where it is made already. */
  readonly made?: Plan
  /** Null: the job's budget, or else the bound of the plan that was looked at. */
  readonly maxMicroUsd: number | null
  readonly payer: StartHow['payer'] | null
  /** Whether whoever starts it may know of a job: what follows unknown to them is not agreed to. */
  readonly sees: (job: string) => boolean
}

/** A plan as it may be seen by somebody. */
export function planFor(plan: Plan, sees: StartRequest['sees']): Plan {
  return { ...plan, followers: plan.followers.filter(({ job }) => sees(job)) }
}

/**
 * A started run, or the live one, resumed. Throws E_PLAN_STALE when the plan that was looked at holds no more, and
 * E_JOB_CHANGED where what lives asks otherwise than the job does now.
 */
export async function startAgreed(
  offpeak: Project,
  { job: name, selection, seen, made, maxMicroUsd, payer, sees }: StartRequest,
): Promise<{ readonly run: RunRow; readonly attached: boolean }> {
  const { job } = await offpeak.job(name)
  const [live] = await offpeak.store.runs({ job: job.name, live: true, limit: 1 })
  if (live) {
    await requireSameAsk(offpeak.flow, live)
    requireNoLess(live, (await offpeak.status(live.id)).money, maxMicroUsd)
    return { run: live, attached: true }
  }
  const plan = planFor(made ?? (await offpeak.plan(job.name, selection)), sees)
  if (seen) offpeak.requireSame(seen, plan)
  if (isFreeWork(plan)) return offpeak.start(job.name, selection, 0, { plan, totalMicroUsd: 0 })
  requireWork(plan)
  const how = { plan, ...(payer ? { payer } : {}) }
  if (selection.hold === true) return offpeak.start(job.name, selection, maxMicroUsd, how)
  const agreed =
    maxMicroUsd ?? plan.budgetMicroUsd ?? (seen === null ? null : maxCostOf(seen)) ?? freeCap(plan)
  if (agreed === null) throw noConsent(maxCostOf(plan))
  checkAffordable(plan, agreed, formatUsd)
  const started = await offpeak.start(job.name, selection, agreed, { ...how, totalMicroUsd: maxMicroUsd })
  // Somebody else may have been quicker, with the job as they have it.
  if (started.attached) await requireSameAsk(offpeak.flow, started.run)
  return started
}

/**
 * Whether the built files of a run are sent now, after a person agreed. False: it was submitted before, and nothing is
 * sent twice.
 */
export async function submitAgreed(
  offpeak: Project,
  run: RunRow,
  maxMicroUsd: number | null,
): Promise<boolean> {
  if (!awaitsSubmit(run)) return false
  const { plan, money } = await offpeak.status(run.id)
  const most = maxCostOfBuilt(await offpeak.store.batches(run.id), plan)
  // A cap that the run was built with was agreed to then.
  const agreed = maxMicroUsd ?? money.capMicroUsd ?? plan?.budgetMicroUsd ?? (plan && freeCap(plan)) ?? null
  if (agreed === null) throw noConsent(most)
  if (plan) checkAffordable(plan, agreed, formatUsd)
  await offpeak.resume(run.id, agreed, {
    followersMicroUsd: maxMicroUsd === null ? maxCostOfFollowers({ followers: agreedFollowers(run) }) : 0,
  })
  return true
}

/**
 * The guard against resuming a run that would stop again at once, before anything of it is changed. Throws E_BUDGET,
 * E_RUN_STATE, and E_USAGE for an amount where nothing is to be paid.
 */
export async function requireResumable(
  offpeak: Project,
  run: RunRow,
  maxMicroUsd: number | null,
): Promise<void> {
  requireLive(run, maxMicroUsd)
  if (run.liveKey === null) return
  const { money } = await offpeak.status(run.id)
  requireRoom(run, money, maxMicroUsd)
  requireSubmitted(run)
}

/**
 * The resumption of a run, with a new cap when one is named; `accept`: with what is there of missing answers; `today`:
 * by its job as it is now, which is all that happens to a run that is over. Throws E_BUDGET and E_JOB_CHANGED when it
 * would stop again at once.
 */
export async function resumeAgreed(
  offpeak: Project,
  found: RunRow,
  maxMicroUsd: number | null,
  { today = false, accept = false }: { readonly today?: boolean; readonly accept?: boolean } = {},
): Promise<void> {
  await requireResumable(offpeak, found, maxMicroUsd)
  if (accept) await offpeak.accept(found.id)
  const { run } = today ? await offpeak.takeToday(found.id) : { run: found }
  if (run.liveKey === null) {
    if (today) return
    const { lost, found, running } = await offpeak.lookForLost(run.id)
    if (found + running > 0) return
    if (lost > 0)
      throw new OffpeakError(
        'E_RUN_STATE',
        `${lost} answers of run ${run.id} are still not at the provider; it was looked for them again`,
        {
          fix: `wait, or ask for them once more: offpeak retry with --status lost, which may pay for them twice`,
        },
      )
    throw new OffpeakError('E_RUN_STATE', `run ${run.id} is ${run.state}; there is nothing to resume`, {
      fix: `offpeak errors ${run.id} has the commands that send again what failed, with their prices`,
    })
  }
  await offpeak.resume(run.id, maxMicroUsd)
}

/**
 * The retry of a choice of requests, under the cap that the run has or a new one; only its cost where `dryRun` says so.
 */
export async function retryAgreed(
  offpeak: Project,
  run: RunRow,
  choice: RetryChoice,
  { maxMicroUsd, dryRun }: { readonly maxMicroUsd: number | null; readonly dryRun: boolean },
): Promise<{ readonly cost: RetryCost; readonly marked: number }> {
  // What is at the provider after all is not paid again.
  if (!dryRun && (choice.outcomes?.includes('lost') ?? true)) await offpeak.lookForLost(run.id)
  const cost = await offpeak.retryCost(run.id, choice)
  if (dryRun || cost.requests === 0) return { cost, marked: 0 }
  const { money } = await offpeak.status(run.id)
  const agreed = maxMicroUsd ?? money.capMicroUsd
  if (agreed === null) throw noConsent(cost.atMostMicroUsd)
  requireRetryFits(run, money, cost, agreed)
  const cap = capForRetry(money, agreed)
  return { cost, marked: await offpeak.retry(run.id, choice, cap) }
}

/**
 * The rescue of a choice of a run's records with the job of today, in a run of its own; only its plan where `dryRun`
 * says so.
 */
export async function rescueAgreed(
  offpeak: Project,
  run: RunRow,
  choice: RescueChoice,
  {
    maxMicroUsd,
    dryRun,
    payer,
    sees,
  }: {
    readonly maxMicroUsd: number | null
    readonly dryRun: boolean
    readonly payer: StartHow['payer'] | null
    readonly sees: StartRequest['sees']
  },
): Promise<{ readonly plan: Plan; readonly started: RunRow | null }> {
  const selection = await offpeak.rescue(run.id, choice)
  const plan = planFor(await offpeak.plan(run.job, selection), sees)
  if (dryRun || plan.toSend === 0) return { plan, started: null }
  const agreed = maxMicroUsd ?? plan.budgetMicroUsd ?? freeCap(plan)
  if (agreed === null) throw noConsent(maxCostOf(plan))
  checkAffordable(plan, agreed, formatUsd)
  const { run: started, attached } = await offpeak.start(run.job, selection, agreed, {
    plan,
    totalMicroUsd: maxMicroUsd,
    ...(payer ? { payer } : {}),
  })
  if (attached) throw otherRun(started)
  return { plan, started }
}

/** The error that somebody else was first: what lives is another run, and what was chosen is not sent. */
export function otherRun({ id, job }: Pick<RunRow, 'id' | 'job'>): OffpeakError {
  return new OffpeakError('E_RUN_STATE', `run ${id} of ${job} was started meanwhile; nothing was sent`, {
    fix: `offpeak resume ${id}, and then again`,
  })
}

/** Whether a run of this plan would have nothing to do. */
export function isNothingToSend(plan: Plan): boolean {
  return plan.toSend === 0 && plan.exact && !isFreeWork(plan)
}

/** Throws E_RUN_STATE for a plan that has nothing to send. */
function requireWork(plan: Plan): void {
  const { job, unusable, unusableExample, paidBefore, failsAgain, uncompared } = plan
  if (!isNothingToSend(plan)) return
  throw new OffpeakError(
    'E_RUN_STATE',
    `nothing of ${job} is to be sent: ${whyNothing(plan)}${unusableExample === null ? '' : ` (record ${typedKey(unusableExample.key)}: ${unusableExample.reason})`}`,
    {
      fix:
        paidBefore !== null
          ? `${paidBefore.records} may have been paid in run ${paidBefore.runs[0] ?? ''}: \`resume\` it to look for the answers again, or agree with \`payAgain\``
          : failsAgain !== null || uncompared > 0
            ? `${(failsAgain?.records ?? 0) + uncompared} were asked before, without success or by an earlier version: agree with \`payAgain\`, or take what is done with \`keep\``
            : unusable > 0
              ? 'fix these records, or the prompt'
              : '`redo` sends them again',
    },
  )
}

/** What costs nothing needs no agreement, and may never come to cost anything. */
function freeCap(plan: Plan): number | null {
  return isFreeOfCharge(plan) ? 0 : null
}

function noConsent(mostMicroUsd: number | null): OffpeakError {
  return new OffpeakError('E_CONSENT', 'sending costs money, and no amount was agreed to', {
    fix: `maxCost: ${JSON.stringify(mostMicroUsd === null ? '$10' : formatMost(mostMicroUsd))}, or budget: { perRun: '…' } in the job`,
  })
}
