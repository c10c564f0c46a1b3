import type { Plan } from '../../../src/server/contract/plan.ts'
import { formatCount } from '../../../src/wording/count.ts'
import { formatMost } from '../../../src/wording/amount.ts'

/** The most that a plan can come to, with every automatic try: with a deadline, when all of it must be finished in real time. */
export function maxCostOf({ cost, deadline }: Pick<Plan, 'cost' | 'deadline'>): number | null {
  return (deadline ?? cost)?.atMostMicroUsd ?? null
}

/** How the highest cost comes about; null: each request is asked once in any case. */
export function onceWords({
  cost,
  tries,
  deadline,
}: Pick<Plan, 'cost' | 'tries' | 'deadline'>): string | null {
  if (cost === null || cost.atMostOnceMicroUsd === null) return null
  if (cost.atMostOnceMicroUsd === cost.atMostMicroUsd) return null
  const once = formatMost(cost.atMostOnceMicroUsd)
  return tries === 1
    ? `${once} at most while the provider answers in time`
    : `${once} at most if each request is asked once${deadline === null ? '' : ', and answered in time'}; an answer that cannot be used is asked for up to ${formatCount(tries)} times`
}
