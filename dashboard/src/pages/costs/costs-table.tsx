import { useState } from 'react'
import type { Costs } from '../../../../src/server/contract/cost.ts'
import { Button } from '../../design/button.tsx'
import { type Sorting, Table } from '../../design/table.tsx'
import { formatCount } from '../../../../src/wording/count.ts'
import { costsColumns } from './costs-columns.tsx'
import { sortedCosts } from './sorted-costs.ts'
import { useRunPlans } from './use-run-plans.ts'

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
