import { OffpeakError } from '../../domain/errors.ts'
import { exactUsd, formatCap, formatMost, formatUsd } from '../../wording/amount.ts'
import type { BatchRow, RunRow } from '../../ports/state.ts'
import type { RunStatus } from '../queries/status.ts'
import { maxCostOf } from '../../wording/amount-of-plan.ts'
import type { Plan } from '../plan/plan.ts'
import type { RetryCost } from './retry-cost.ts'

/** What the amounts that people agree to mean for a run that is there already, wherever they agree to them. */

type Money = RunStatus['money']

/** Micro-dollars of a run's cap that are taken: spent, or held for what is on its way. */
export function heldOf({ spentMicroUsd, reservedMicroUsd }: Money): number {
  return spentMicroUsd + reservedMicroUsd
}

/**
 * The guard against a cap that is below what the run has taken already, and so would stop it immediately. Throws
 * E_BUDGET.
 */
export function requireRoom(run: Pick<RunRow, 'id'>, money: Money, capMicroUsd: number | null): void {
  const held = heldOf(money)
  if (capMicroUsd === null || capMicroUsd >= held) return
  throw new OffpeakError(
    'E_BUDGET',
    `run ${run.id} has spent or reserved ${formatUsd(held)} already; ${formatUsd(capMicroUsd)} in total is less`,
    { fix: 'the amount is for the whole run' },
  )
}

/** The guard against an amount for a run that is over, where nothing is left to be paid. Throws E_USAGE. */
export function requireLive(run: Pick<RunRow, 'id' | 'state' | 'liveKey'>, maxMicroUsd: number | null): void {
  if (run.liveKey !== null || maxMicroUsd === null) return
  throw new OffpeakError(
    'E_USAGE',
    `run ${run.id} is ${run.state}: nothing of it is left to be sent, so that there is nothing to pay ${formatUsd(maxMicroUsd)} for`,
    {
      fix: `offpeak retry ${run.id} --max-cost '${exactUsd(maxMicroUsd)}' sends again what failed; without an amount, offpeak resume ${run.id} looks for lost answers`,
    },
  )
}

/**
 * The guard against resuming a run of a job for less than was agreed to for it: it would cost more than was said, or
 * stop earlier than agreed. Throws E_BUDGET.
 */
export function requireNoLess(
  run: Pick<RunRow, 'id' | 'job'>,
  money: Money,
  maxMicroUsd: number | null,
): void {
  const { capMicroUsd } = money
  if (maxMicroUsd === null || capMicroUsd === null || maxMicroUsd >= capMicroUsd) return
  throw new OffpeakError(
    'E_BUDGET',
    `run ${run.id} of ${run.job} continues, and may cost ${formatUsd(capMicroUsd)} in total; ${formatUsd(maxMicroUsd)} is less`,
    {
      fix: `offpeak resume ${run.id} continues with it as it was agreed to\nOr: offpeak resume ${run.id} --max-cost '${exactUsd(maxMicroUsd)}' lowers what it may cost`,
    },
  )
}

/**
 * The guard against a retry whose amount is less than the run can cost with it: a run that is over would be opened
 * again only to stop. One that goes on may stop at the cap that it has. Throws E_BUDGET.
 */
export function requireRetryFits(
  run: Pick<RunRow, 'id' | 'liveKey'>,
  money: Money,
  cost: Pick<RetryCost, 'requests' | 'atMostMicroUsd'>,
  agreedMicroUsd: number | null,
): void {
  requireRoom(run, money, agreedMicroUsd)
  const needed = mostWithRetry(money, cost)
  if (agreedMicroUsd === null || agreedMicroUsd >= needed) return
  if (run.liveKey !== null && agreedMicroUsd === money.capMicroUsd) return
  throw new OffpeakError(
    'E_BUDGET',
    `to send ${cost.requests === 1 ? 'the request' : `${cost.requests} requests`} again can bring run ${run.id} to ${formatMost(needed)} in total, with the ${formatUsd(heldOf(money))} that it has spent; ${formatUsd(agreedMicroUsd)} is less. Nothing was changed`,
    { fix: `--max-cost '${formatCap(needed)}', or fewer of them with --status, --error or --only` },
  )
}

/** The guard for a run of which nothing is sent before somebody submits it. Throws E_RUN_STATE. */
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
    fix: `offpeak build ${run.job} continues with it`,
  })
}

/**
 * The most that the files of a run can cost with every automatic try, as its plan has said it: counted where all tokens
 * were counted, else from the plan's sample for as many requests as were built. A file that is not counted is held against
 * a budget by its bytes, which is several times as much, and counted before it would not fit. Null: no price is known, or
 * nothing bounds it.
 */
export function maxCostOfBuilt(
  batches: readonly Pick<BatchRow, 'maxCostMicroUsd' | 'requests' | 'exact'>[],
  plan: Plan | null,
): number | null {
  if (plan?.cost == null) return null
  const sum = (value: (batch: (typeof batches)[number]) => number): number =>
    batches.reduce((total, batch) => total + value(batch), 0)
  const held = sum(({ maxCostMicroUsd }) => maxCostMicroUsd)
  const [most, once] = [maxCostOf(plan), plan.cost.atMostOnceMicroUsd]
  if (most === null || once === null) return null
  const share = plan.exact || plan.toSend === 0 ? 1 : sum(({ requests }) => requests) / plan.toSend
  const isCounted = batches.every(({ exact }) => exact === 1)
  // What is held is for asking each request once.
  if (held < once * share || isCounted) return Math.ceil(once === 0 ? held : held * (most / once))
  return Math.ceil(most * share)
}

/** Highest total cost of a run in micro-dollars when a retry is sent too. */
export function mostWithRetry(money: Money, { atMostMicroUsd }: Pick<RetryCost, 'atMostMicroUsd'>): number {
  return heldOf(money) + atMostMicroUsd
}

/** The cap that a run gets when somebody agrees to an amount for a retry, which never lowers one. Null: it stays as it is. */
export function capForRetry(
  { capMicroUsd }: Pick<Money, 'capMicroUsd'>,
  agreedMicroUsd: number | null,
): number | null {
  if (agreedMicroUsd === null) return null
  return capMicroUsd !== null && agreedMicroUsd <= capMicroUsd ? null : agreedMicroUsd
}
