import { advance } from '../engine/advance.ts'
import type { Flow } from '../engine/flow.ts'
import type { PlanOptions } from '../engine/plan/plan.ts'
import { sendTry } from '../engine/plan/send-try.ts'
import { unfinishedTrials } from '../engine/plan/trial.ts'
import { pickRecords, planTry, type TryPlan } from '../engine/plan/try.ts'
import { everything, type Offpeak, type Selection } from './project.ts'

type PlanOptionsOf = (name: string, selection: Selection, model: string | null) => Promise<PlanOptions>

/** `Offpeak.prepareTry`. */
export async function prepareTry(
  flow: Flow,
  planOptions: PlanOptionsOf,
  [name, params, choice, models]: Parameters<Offpeak['prepareTry']>,
): Promise<readonly TryPlan[]> {
  const selection = { ...everything, params, only: choice.only }
  const first = await planOptions(name, selection, models[0] ?? null)
  const records = await pickRecords(flow, first.job, { ...choice, only: first.only })
  const others = await Promise.all(models.slice(1).map((model) => planOptions(name, selection, model)))
  const plans: TryPlan[] = []
  for (const { job, realtimePrice: price, count, budgetMicroUsd, quotaKey } of [first, ...others]) {
    const { attachments } = flow
    plans.push(await planTry(job, records, { price, count, budgetMicroUsd, attachments, params, quotaKey }))
  }
  return plans
}

/** `Offpeak.sendTry`: what a try has held whose process is gone is booked first, and free for this one. */
export async function sendPreparedTry(
  flow: Flow,
  [plan, choice]: Parameters<Offpeak['sendTry']>,
): ReturnType<Offpeak['sendTry']> {
  for (const { id, leaseUntil } of await unfinishedTrials(flow, plan.job.job.name))
    if (leaseUntil <= flow.clock.now()) await advance(flow, { kind: 'attempt', id }, choice.signal)
  return sendTry(flow, plan, choice)
}
