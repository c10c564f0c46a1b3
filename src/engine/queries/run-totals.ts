import { countsOf, type OutcomeCounts } from '../../domain/outcome.ts'
import { parseSums, type Sums, totalSums } from '../../domain/sums.ts'
import type { BatchRow, RunRow } from '../../ports/state.ts'

/** Totals of the counters of a run's batches. */
export interface RunTotals {
  readonly counts: OutcomeCounts
  readonly pending: number
  /** Records of the run in all, as far as they are read. */
  readonly records: number
  readonly usage: Sums
  readonly lines: Sums
}

/** Totals of the counters of a run's batches, and of records that never came into one. */
export function runTotalsOf(
  run: Pick<RunRow, 'unsent'>,
  batches: readonly (Pick<BatchRow, 'records' | 'counts' | 'usage'> &
    Partial<Pick<BatchRow, 'accounting'>>)[],
): RunTotals {
  const unsent = parseSums(run.unsent)
  const counts = countsOf(totalSums([unsent, ...batches.map((batch) => parseSums(batch.counts))]))
  const records = batches.reduce((sum, batch) => sum + batch.records, total(unsent))
  return {
    counts,
    records,
    pending: records - total(counts),
    usage: totalSums(batches.map((batch) => parseSums(batch.usage))),
    lines: totalSums(
      batches.map(({ accounting }) => (accounting === undefined ? {} : parseSums(accounting))),
    ),
  }
}

function total(counts: OutcomeCounts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0)
}
