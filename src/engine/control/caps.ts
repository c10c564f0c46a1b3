import { OffpeakError } from '../../domain/errors.ts'
import { formatUsd } from '../../wording/amount.ts'
import type { BatchRow, RunRow } from '../../ports/state.ts'
import type { RunStatus } from '../queries/status.ts'
import { mostOf } from '../plan/affordable.ts'
import type { Plan } from '../plan/plan.ts'
import type { RetryCost } from './retry-cost.ts'

/** What the amounts that people agree to mean for a run that is there already, wherever they agree to them. */

type Money = RunStatus['money']

/** What of a run's cap is taken: spent, or held for what is on its way. */
export function heldOf({ spentMicroUsd, reservedMicroUsd }: Money): number {
  return spentMicroUsd + reservedMicroUsd
}

/** Refuses a cap that is below what the run has taken already, and so would stop it at once. Throws E_BUDGET. */
export function requireRoom(run: Pick<RunRow, 'id'>, money: Money, capMicroUsd: number | null): void {
  const held = heldOf(money)
  if (capMicroUsd === null || capMicroUsd >= held) return
  throw new OffpeakError(
    'E_BUDGET',
    `run ${run.id} has spent or reserved ${formatUsd(held)} already; ${formatUsd(capMicroUsd)} in all is less`,
    { fix: 'the amount is for the whole run' },
  )
}

/** Refuses to go on with a run of which nothing is sent before somebody submits it. Throws E_RUN_STATE. */
export function requireSubmitted(run: RunRow): void {
  if (run.hold === 0 && run.pauseKind !== 'submit') return
  throw new OffpeakError('E_RUN_STATE', `run ${run.id} is built and waits to be sent`, {
    fix: `offpeak submit ${run.id}`,
  })
}

/** Whether a run waits to be submitted; false: it was. Throws E_RUN_STATE for one that is over, or not built to its end. */
export function awaitsSubmit(run: RunRow): boolean {
  if (run.liveKey === null)
    throw new OffpeakError('E_RUN_STATE', `run ${run.id} is ${run.state}; there is nothing to submit`, {
      fix: `offpeak build ${run.job}`,
    })
  if (run.hold === 0) return false
  if (run.state === 'paused') return true
  throw new OffpeakError('E_RUN_STATE', `run ${run.id} is not built to its end`, {
    fix: `offpeak build ${run.job} goes on with it`,
  })
}

/**
 * The most that the files of a run can cost with every automatic try, as its plan has said it: counted where all tokens
 * were counted, else from the plan's sample for as many requests as were built. A file that is not counted is held against
 * a budget by its bytes, which is several times as much, and counted before it would not fit. Null: no price is known, or
 * nothing bounds it.
 */
export function mostOfBuilt(
  batches: readonly Pick<BatchRow, 'maxCostMicroUsd' | 'requests' | 'exact'>[],
  plan: Plan | null,
): number | null {
  if (plan?.cost == null) return null
  const sum = (value: (batch: (typeof batches)[number]) => number): number =>
    batches.reduce((total, batch) => total + value(batch), 0)
  const held = sum(({ maxCostMicroUsd }) => maxCostMicroUsd)
  const [most, once] = [mostOf(plan), plan.cost.atMostOnceMicroUsd]
  if (most === null || once === null) return null
  const share = plan.exact || plan.toSend === 0 ? 1 : sum(({ requests }) => requests) / plan.toSend
  const isCounted = batches.every(({ exact }) => exact === 1)
  // What is held is for asking each request once.
  if (held < once * share || isCounted) return Math.ceil(once === 0 ? held : held * (most / once))
  return Math.ceil(most * share)
}

/** What a run comes to in all, at most, when a retry is sent too. */
export function mostWithRetry(money: Money, { atMostMicroUsd }: Pick<RetryCost, 'atMostMicroUsd'>): number {
  return heldOf(money) + atMostMicroUsd
}

/**
 * The cap that a run has once somebody agreed to an amount for a retry. An amount that is enough for it is no wish to lower
 * what was agreed to before; one that is not becomes the cap, at which the run then stops. Null: the cap stays as it is.
 */
export function capForRetry(
  { capMicroUsd }: Pick<Money, 'capMicroUsd'>,
  agreedMicroUsd: number | null,
  neededMicroUsd: number,
): number | null {
  if (agreedMicroUsd === null || agreedMicroUsd === capMicroUsd) return null
  const isLess = capMicroUsd !== null && agreedMicroUsd < capMicroUsd
  return isLess && agreedMicroUsd >= neededMicroUsd ? null : agreedMicroUsd
}
