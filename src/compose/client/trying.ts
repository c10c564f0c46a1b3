import { advance } from '../../engine/advance/advance.ts'
import type { Flow } from '../../engine/flow.ts'
import { sendTry, type SendTryOptions } from '../../engine/trial/send-try.ts'
import { unfinishedTrials } from '../../engine/trial/trial.ts'
import { pickRecords, planTry, type TryChoice, type TryPlan } from '../../engine/trial/try.ts'
import type { TryResult } from '../../engine/trial/try-result.ts'
import { planOptions } from '../plan-options.ts'
import { everything, type Selection } from '../selection.ts'
import type { Workspace } from '../workspace.ts'

/** `Offpeak.prepareTry`. */
export async function prepareTry(
  workspace: Workspace,
  name: string,
  params: Selection['params'],
  choice: TryChoice,
  models: readonly string[],
): Promise<readonly TryPlan[]> {
  const { flow } = workspace
  // What a try writes goes where the job says: it is asked for by itself.
  const selection = { ...everything, params, only: choice.only, write: true }
  const optionsFor = (model: string | null): ReturnType<typeof planOptions> =>
    planOptions(workspace, name, selection, { asks: true, model })
  const first = await optionsFor(models[0] ?? null)
  const records = await pickRecords(flow, first.job, { ...choice, only: first.only })
  const others = await Promise.all(models.slice(1).map(optionsFor))
  const plans: TryPlan[] = []
  for (const options of [first, ...others]) {
    const {
      job,
      realtimePrice: price,
      counter,
      budgetMicroUsd,
      perDayMicroUsd,
      quotaKey,
      isSimulated,
    } = options
    const known = { budgetMicroUsd, perDayMicroUsd, params, quotaKey, isSimulated }
    plans.push(await planTry(job, records, { price, counter, attachments: flow.attachments, ...known }))
  }
  return plans
}

/** `Offpeak.sendTry`: what a try has held whose process is gone is booked first, and free for this one. */
export async function sendPreparedTry(
  flow: Flow,
  plan: TryPlan,
  choice: SendTryOptions,
): Promise<readonly TryResult[]> {
  for (const { id, leaseUntil } of await unfinishedTrials(flow, plan.job.job.name))
    if (leaseUntil <= flow.clock.now()) await advance(flow, { kind: 'attempt', id }, choice.signal)
  return sendTry(flow, plan, choice)
}
