import type { RunRow } from '../../ports/state.ts'
import { type Fix, fixFor } from '../../wording/commands/fix-for.ts'
import { withAmount } from '../../wording/commands/command-line.ts'
import type { Flow } from '../flow.ts'
import type { Plan } from '../plan/plan.ts'
import type { OutcomeGroup } from '../queries/report.ts'
import { specOf } from '../spec.ts'
import { amountOfRetry } from './amount-of-retry.ts'
import type { RescueSelection } from './rescue.ts'

/** A group of records with what to do about them. */
export interface MendedGroup extends OutcomeGroup {
  readonly fix: Fix
}

/**
 * The fix for each group of a run's records; the commands that spend have their amounts, the first `mostPriced` of
 * them. Sends and changes nothing.
 */
export async function pricedFixes(
  flow: Flow,
  run: RunRow,
  groups: readonly OutcomeGroup[],
  plan: (selection: RescueSelection) => Promise<Plan>,
  mostPriced = Infinity,
): Promise<readonly MendedGroup[]> {
  const at = { run: run.id, job: run.job, state: run.state, maxOutputTokens: specOf(run).maxOutputTokens }
  const mended: MendedGroup[] = []
  let priced = 0
  for (const group of groups) {
    const fix = fixFor(at, group)
    const { asks } = fix
    const amount =
      asks === null || group.retrying === group.count || priced >= mostPriced
        ? null
        : await amountOfRetry(flow, run, { ...asks, keys: null, model: null }, plan)
    if (amount !== null) priced += 1
    mended.push({ ...group, fix: { ...fix, command: withAmount(fix.command, amount) } })
  }
  return mended
}
