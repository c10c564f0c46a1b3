import type { Config } from '../config/config.ts'
import type { AnyJob } from '../ports/job.ts'
import { parseUsd } from '../wording/amount.ts'

/**
 * Highest cost of a job in one run and in one UTC day, in micro-dollars; what the job does not say itself, the
 * configuration does. Null: no budget.
 */
export function configuredBudgets(
  { settings }: Pick<Config, 'settings'>,
  { budget }: Pick<AnyJob, 'budget'>,
): { readonly perRunMicroUsd: number | null; readonly perDayMicroUsd: number | null } {
  const { perRun, perDay } = { ...settings.budget, ...budget }
  return { perRunMicroUsd: parseUsd(perRun ?? ''), perDayMicroUsd: parseUsd(perDay ?? '') }
}
