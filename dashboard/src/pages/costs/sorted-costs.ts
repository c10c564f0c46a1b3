import type { CostRow } from '../../../../src/server/contract/cost.ts'
import type { Sorting } from '../../design/table.tsx'

const values: Readonly<Record<string, (row: CostRow) => number>> = {
  spent: (row) => row.spentMicroUsd,
  saved: (row) => row.savedMicroUsd,
  unusable: (row) => row.wastedMicroUsd,
  merged: (row) => row.merged,
}

/** The rows by a column; what is not a number is sorted by name. */
export function sortedCosts(rows: readonly CostRow[], { by, descending }: Sorting): readonly CostRow[] {
  const value = values[by]
  const sorted = rows.toSorted((one, other) =>
    value === undefined ? one.name.localeCompare(other.name) : value(one) - value(other),
  )
  return descending ? sorted.toReversed() : sorted
}
