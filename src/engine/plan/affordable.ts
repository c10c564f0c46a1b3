import { OffpeakError } from '../../domain/errors.ts'
import { maxCostOf, maxCostOfFollowers } from '../../wording/amount-of-plan.ts'
import { priceAdvice } from '../../planning/money/price-advice.ts'
import type { RunRow } from '../../ports/state.ts'
import { specOf } from '../spec.ts'
import type { Plan } from './plan.ts'

/** The most that somebody agrees to who agrees to a plan: its own highest cost, or the job's budget where that is less. */
export function mostAgreed(plan: Pick<Plan, 'cost' | 'deadline' | 'budgetMicroUsd'>): number | null {
  const most = maxCostOf(plan)
  if (most === null || plan.budgetMicroUsd === null) return most ?? plan.budgetMicroUsd
  return Math.min(most, plan.budgetMicroUsd)
}

/** Whether a plan surely costs nothing, and starts nothing that could: nobody has to agree to an amount. */
export function isFreeOfCharge(plan: Pick<Plan, 'cost' | 'deadline' | 'followers'>): boolean {
  return maxCostOf(plan) === 0 && maxCostOfFollowers(plan) === 0
}

/** The jobs that were agreed to together with a run that is built. */
export function agreedFollowers(run: Pick<RunRow, 'id' | 'spec'>): Plan['followers'] {
  return specOf(run).followers.map(({ job, capMicroUsd }) => ({ job, budgetMicroUsd: capMicroUsd }))
}

/** The guard against a plan that cannot be afforded, before anything is sent. Throws E_BUDGET and E_PRICE_UNKNOWN. */
export function checkAffordable(
  planned: Plan,
  capMicroUsd: number | null,
  formatUsd: (microUsd: number) => string,
): void {
  if (capMicroUsd === null) return
  if (planned.cost === null && planned.toSend > 0) {
    const near = planned.nearModels.length === 0 ? '' : `. Did you mean ${planned.nearModels.join(' or ')}?`
    throw new OffpeakError(
      'E_PRICE_UNKNOWN',
      `the price of ${planned.model} is not known, so a budget cannot be kept${near}`,
      {
        where: `job ${planned.job}`,
        fix: priceAdvice(planned.model, planned.unpriced, {
          namesModel: planned.namesModel,
          unit: planned.inputUnit,
        }),
      },
    )
  }
  if (
    planned.cost?.atMostMicroUsd == null &&
    planned.outputTokensPerRecord.atMost === null &&
    planned.toSend > 0
  ) {
    throw new OffpeakError(
      'E_JOB_INVALID',
      'nothing bounds how long an answer can be, so a budget cannot be kept',
      { where: `job ${planned.job}`, fix: 'add `maxTokens` to the job' },
    )
  }
  const likely = planned.cost?.likelyMicroUsd ?? 0
  if (likely > capMicroUsd) {
    throw new OffpeakError(
      'E_BUDGET',
      `the run would cost about ${formatUsd(likely)}, and ${formatUsd(capMicroUsd)} is allowed`,
      {
        where: `job ${planned.job}`,
        fix: 'allow more (`--max-cost`, or the job’s budget), or send fewer records (`--limit`)',
      },
    )
  }
}
