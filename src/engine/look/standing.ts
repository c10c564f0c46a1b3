import { addCounts, type OutcomeCounts, parseCounts } from '../../domain/outcome.ts'
import { addSums, parseSums, type Sums } from '../../domain/sums.ts'
import type { BatchRow, RunRow } from '../../ports/state.ts'

/** What the counters of a run's batches come to. */
export interface Standing {
  readonly counts: OutcomeCounts
  readonly pending: number
  /** Records of the run in all, as far as they are read. */
  readonly records: number
  readonly usage: Sums
  readonly lines: Sums
}

/** Adds up the counters of a run's batches, and of records that never came into one. */
export function standingOf(
  run: Pick<RunRow, 'unsent'>,
  batches: readonly (Pick<BatchRow, 'records' | 'counts' | 'usage'> &
    Partial<Pick<BatchRow, 'accounting'>>)[],
): Standing {
  const unsent = parseCounts(run.unsent)
  let counts = unsent
  let usage: Sums = {}
  let lines: Sums = {}
  let records = total(unsent)
  for (const batch of batches) {
    counts = addCounts(counts, parseCounts(batch.counts))
    records += batch.records
    usage = addSums(usage, parseSums(batch.usage))
    if (batch.accounting !== undefined) lines = addSums(lines, parseSums(batch.accounting))
  }
  return { counts, records, pending: records - total(counts), usage, lines }
}

function total(counts: OutcomeCounts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0)
}
