import type { RunRow } from '../../ports/state.ts'
import type { Flow } from '../flow.ts'
import { budgetsOf, dayKey, type RunSpec } from '../spec.ts'

/**
 * Micro-dollars that the run's job may cost in a UTC day, as its owner says now; as it was said when the run began
 * where no job file defines the job here. Null: no bound.
 */
export async function perDayNow(
  flow: Pick<Flow, 'dayBudget'>,
  job: string,
  { perDayMicroUsd }: Pick<RunSpec, 'perDayMicroUsd'>,
): Promise<number | null> {
  const said = await flow.dayBudget(job)
  return said === null ? perDayMicroUsd : said.perDayMicroUsd
}

/**
 * The budgets that a reservation of a run must fit into now. What a day may cost is no part of what was agreed to for a
 * run: it is brought to the present word, higher or lower, before anything is held against it.
 */
export async function budgetsNow(
  flow: Pick<Flow, 'dayBudget' | 'store'>,
  run: Pick<RunRow, 'id' | 'job' | 'simulated'>,
  spec: RunSpec,
  now: number,
): Promise<ReturnType<typeof budgetsOf>> {
  const perDayMicroUsd = await perDayNow(flow, run.job, spec)
  const budgets = budgetsOf(run, { ...spec, perDayMicroUsd }, now)
  const key = dayKey(run.job, now)
  if (budgets.every((budget) => budget.key !== key) || (await flow.dayBudget(run.job)) === null)
    return budgets
  const known = await flow.store.budget(key)
  if (known?.capMicroUsd !== perDayMicroUsd) await flow.store.setBudget(key, perDayMicroUsd)
  return budgets
}
