import { type Outcome, type OutcomeCounts, parseCounts } from '../../domain/outcome.ts'
import type { RunRow } from '../../ports/state.ts'
import type { PageFilter } from '../../ports/store/requests.ts'
import type { Flow } from '../flow.ts'
import { runTotalsOf } from './run-totals.ts'

/** Requests that are looked at for a number: an index has what they are counted by, or it has not. */
const counted = { byIndex: 50_000, byRow: 2_000 }

/** How many records of a run match, from stored counters where they say it; null when counting would take long. */
export async function matchingOf(
  { store }: Pick<Flow, 'store'>,
  run: RunRow,
  filter: PageFilter,
): Promise<number | null> {
  const { outcomes, batchN, reason, exactReason, keyPrefix } = filter
  if (reason === undefined && exactReason === undefined && keyPrefix === undefined) {
    if (batchN === undefined) {
      const { counts, pending } = runTotalsOf(run, await store.batchCounters([run.id]))
      return sum({ ...counts, pending }, outcomes)
    }
    const batch = await store.batch(run.id, batchN)
    if (!batch) return 0
    const counts = parseCounts(batch.counts)
    return sum({ ...counts, pending: batch.records - sum(counts) }, outcomes)
  }
  const byIndex =
    batchN === undefined && (keyPrefix === undefined || (outcomes === undefined && reason === undefined))
  return store.countRequests(run.id, filter, byIndex ? counted.byIndex : counted.byRow)
}

function sum(counts: OutcomeCounts, outcomes?: readonly Outcome[]): number {
  const some = outcomes === undefined ? Object.values(counts) : outcomes.map((name) => counts[name] ?? 0)
  return some.reduce((total, count) => total + count, 0)
}
