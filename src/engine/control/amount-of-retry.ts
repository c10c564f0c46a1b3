import { OffpeakError } from '../../domain/errors.ts'
import { retryKind } from '../../planning/waiting/remedies.ts'
import type { RunRow } from '../../ports/state.ts'
import type { Flow } from '../flow.ts'
import { amountOfPlan } from '../../wording/amount-of-plan.ts'
import type { Plan } from '../plan/plan.ts'
import { type RunStatus, statusOf } from '../queries/status.ts'
import { mostWithRetry } from './caps.ts'
import { rescueSelection, type RescueChoice, type RescueSelection } from './rescue.ts'
import { retryCostOf, type RetryCost } from './retry-cost.ts'

/**
 * The amount that `retry` is to be typed with for a choice, so that it is enough for all of it; null: nothing would be sent,
 * or no price is known. Sends and changes nothing.
 */
export async function amountOfRetry(
  flow: Flow,
  run: RunRow,
  choice: RescueChoice,
  plan: (selection: RescueSelection) => Promise<Plan>,
): Promise<number | null> {
  try {
    if (retryKind({ ...choice, today: null }) === 'today') {
      const selection = await rescueSelection(flow, run, choice)
      return selection.only.length === 0 ? null : amountOfPlan(await plan(selection))
    }
    const cost = await retryCostOf(flow, run, choice)
    return cost.requests === 0 ? null : amountAsSent(run, (await statusOf(flow, run)).money, cost)
  } catch (thrown) {
    // The command says it when it is typed.
    if (thrown instanceof OffpeakError) return null
    throw thrown
  }
}

/** The amount for a whole run with what is sent again of it. One that goes on keeps the cap that is enough. */
export function amountAsSent(
  { liveKey }: Pick<RunRow, 'liveKey'>,
  money: RunStatus['money'],
  cost: Pick<RetryCost, 'atMostMicroUsd'>,
): number {
  const needed = mostWithRetry(money, cost)
  return liveKey === null ? needed : Math.max(needed, money.capMicroUsd ?? 0)
}
