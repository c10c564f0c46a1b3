import { Link } from '@tanstack/react-router'
import type { CostRow, Costs } from '../../../../src/server/contract/cost.ts'
import type { RunSummary } from '../../../../src/server/contract/run.ts'
import { Absent, Count, Money } from '../../design/charts/figures.tsx'
import { Meter } from '../../design/charts/meter.tsx'
import { PlainText } from '../../design/texts/plain-text.tsx'
import type { Column } from '../../design/tables/table.tsx'
import { formatShare } from '../../../../src/wording/count.ts'
import { PlanBeside } from './plan-beside.tsx'
import styles from './costs-table.module.css'

type CostColumn = Column<CostRow>

/** The columns that a grouping needs. `plans`: the runs, for what was planned. */
export function costsColumns(
  { by, rows, total }: Costs,
  plans: ReadonlyMap<string, RunSummary>,
): readonly CostColumn[] {
  const twice = rows.some(({ duplicateMicroUsd }) => duplicateMicroUsd > 0)
  return [
    {
      id: 'name',
      title: by === 'day' ? 'day (UTC)' : by,
      sortable: true,
      cell: ({ name }) => <Name by={by} name={name} />,
    },
    ...(by === 'day' ? [] : [share(total.spentMicroUsd)]),
    { ...money('spent', (row) => row.spentMicroUsd), sortable: true },
    ...(by === 'run' ? [planned(plans)] : []),
    { ...money('saved', (row) => row.savedMicroUsd), sortable: true, hide: 'narrow' },
    { ...money('unusable', (row) => row.wastedMicroUsd), sortable: true },
    ...(twice ? [{ ...money('paid twice', (row) => row.duplicateMicroUsd), hide: 'narrow' } as const] : []),
    { ...money('reserved', (row) => row.reservedMicroUsd), hide: 'medium' },
    { ...count('merged', (row) => row.merged), sortable: true, hide: 'narrow' },
    { ...count('need attention', (row) => row.needsAttention), hide: 'medium' },
    ...(by === 'run' ? [] : [{ ...count('runs', (row) => row.runs), hide: 'medium' } as const]),
  ]
}

/** Days have the bars above. */
function share(of: number): CostColumn {
  return { id: 'share', title: 'share', hide: 'medium', cell: (row) => <Share row={row} of={of} /> }
}

/** Amounts of nothing are dashes, but for what was spent. */
function money(title: string, value: (row: CostRow) => number): CostColumn {
  return {
    id: title,
    title,
    align: 'right',
    cell: (row) => (value(row) === 0 && title !== 'spent' ? <Absent /> : <Money microUsd={value(row)} />),
  }
}

function count(title: string, value: (row: CostRow) => number): CostColumn {
  return {
    id: title,
    title,
    align: 'right',
    cell: (row) => (value(row) === 0 ? <Absent /> : <Count value={value(row)} />),
  }
}

function planned(plans: ReadonlyMap<string, RunSummary>): CostColumn {
  return {
    id: 'plan',
    title: 'planned',
    align: 'right',
    cell: ({ name }) => <PlanBeside run={plans.get(name)} />,
  }
}

function Share({ row: { name, spentMicroUsd }, of }: { readonly row: CostRow; readonly of: number }) {
  return (
    <div className={styles['share']}>
      <Meter
        label={`${name}, of all that was spent`}
        total={Math.max(1, of)}
        parts={[
          { name: 'spent', value: spentMicroUsd, tone: 'accent', text: formatShare(spentMicroUsd, of) },
        ]}
      />
    </div>
  )
}

function Name({ by, name }: { readonly by: Costs['by']; readonly name: string }) {
  if (by === 'run')
    return (
      <Link to="/runs/$run" params={{ run: name }}>
        {name}
      </Link>
    )
  if (by === 'job')
    return (
      <Link to="/jobs/$job" params={{ job: name }} className={styles['name']}>
        <PlainText text={name} />
      </Link>
    )
  return (
    <span className={styles['name']}>
      <PlainText text={name} />
    </span>
  )
}
