import { useState, useEffect } from 'react'
import type { Costs, CostRow } from '../../../../src/server/contract/cost.ts'
import { Button } from '../../design/controls/button.tsx'
import { type Sorting, Table } from '../../design/tables/table.tsx'
import { formatCount } from '../../../../src/wording/count.ts'
import { costsColumns } from './costs-columns.tsx'
import { useInfiniteQuery } from '@tanstack/react-query'
import type { RunSummary } from '../../../../src/server/contract/run.ts'
import { runsQuery } from '../../api/runs.ts'

/** As many rows as are shown before somebody wants all. */
const shownAtFirst = 100

/** What was spent, group by group; for runs beside what was planned. */
export function CostsTable({ costs }: { readonly costs: Costs }) {
  const { by, rows } = costs
  const [sorting, setSorting] = useState<Sorting>({ by: by === 'day' ? 'name' : 'spent', descending: true })
  const [all, setAll] = useState(false)
  const sorted = sortedCosts(rows, sorting)
  const shown = all ? sorted : sorted.slice(0, shownAtFirst)
  const plans = useRunPlans(
    shown.map(({ name }) => name),
    by === 'run',
  )
  return (
    <>
      <Table
        caption={`Costs by ${by}`}
        columns={costsColumns(costs, plans)}
        rows={shown}
        rowKey={({ name }) => name}
        sorting={sorting}
        onSort={setSorting}
      />
      {shown.length === sorted.length ? null : (
        <div>
          <Button onClick={() => setAll(true)}>Show all {formatCount(sorted.length)}</Button>
        </div>
      )}
    </>
  )
}

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

/** More pages of runs than that are not read for their plans. */
const mostPages = 10

/** The runs by their name, read until all that are asked for are there. */
export function useRunPlans(wanted: readonly string[], enabled: boolean): ReadonlyMap<string, RunSummary> {
  const { data, hasNextPage, isFetching, isError, fetchNextPage } = useInfiniteQuery({
    ...runsQuery({}),
    enabled,
  })
  const known = new Map(data?.pages.flatMap(({ items }) => items).map((run) => [run.run, run]))
  const missing = enabled && wanted.some((run) => !known.has(run))
  const goesOn = missing && hasNextPage && !isFetching && !isError && (data?.pages.length ?? 0) < mostPages
  useEffect(() => {
    if (goesOn) void fetchNextPage()
  }, [goesOn, fetchNextPage])
  return known
}
