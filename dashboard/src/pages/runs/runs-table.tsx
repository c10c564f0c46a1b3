import type { RunSummary } from '../../../../src/server/contract/run.ts'
import { PhaseCounts } from '../../design/charts/batch-strip.tsx'
import { Absent, Count, Money, Time } from '../../design/charts/figures.tsx'
import { Meter } from '../../design/charts/meter.tsx'
import { StateMark } from '../../design/states/state-mark.tsx'
import { type Column, RowLink, Table } from '../../design/tables/table.tsx'
import { formatCount, formatShare } from '../../../../src/wording/count.ts'
import { runStateMark } from '../../words/run-state.ts'
import { isTrouble } from '../../words/wait.ts'
import styles from './runs-table.module.css'

const columns: readonly Column<RunSummary>[] = [
  {
    id: 'run',
    title: 'Run',
    cell: ({ run }) => (
      <RowLink to="/runs/$run" params={{ run }} className={styles['id'] ?? ''}>
        {run}
      </RowLink>
    ),
  },
  { id: 'job', title: 'Job', cell: ({ job }) => job },
  {
    id: 'state',
    title: 'State',
    cell: (run) => (
      <span title={run.waits.find(isTrouble)?.label}>
        <StateMark {...runStateMark(run)} />
      </span>
    ),
  },
  { id: 'merged', title: 'Merged', cell: (run) => <Progress run={run} /> },
  {
    id: 'records',
    title: 'Records',
    align: 'right',
    hide: 'medium',
    cell: ({ records }) => <Count value={records} />,
  },
  {
    id: 'needs',
    title: 'Need attention',
    align: 'right',
    hide: 'narrow',
    cell: ({ needsAttention }) =>
      needsAttention === 0 ? <Absent /> : <Count value={needsAttention} tone="warn" />,
  },
  {
    id: 'batches',
    title: 'Batches',
    hide: 'narrow',
    cell: ({ batches }) => <PhaseCounts batches={batches} />,
  },
  {
    id: 'cost',
    title: 'Spent',
    align: 'right',
    cell: ({ spentMicroUsd }) => <Money microUsd={spentMicroUsd} />,
  },
  {
    id: 'plan',
    title: 'of plan',
    align: 'right',
    hide: 'medium',
    cell: ({ plannedMicroUsd }) => (
      <span className={styles['faint']}>
        <Money microUsd={plannedMicroUsd} />
      </span>
    ),
  },
  {
    id: 'model',
    title: 'Model',
    grow: true,
    hide: 'medium',
    cell: ({ provider, model, simulated }) => (
      <span className={styles['faint']}>
        {provider} / {model}
        {simulated ? ', simulated' : ''}
      </span>
    ),
  },
  {
    id: 'started',
    title: 'Started',
    align: 'right',
    hide: 'narrow',
    cell: ({ createdAt }) => <Time at={createdAt} />,
  },
]

export function RunsTable({ runs }: { readonly runs: readonly RunSummary[] }) {
  return <Table caption="Runs, newest first" columns={columns} rows={runs} rowKey={({ run }) => run} linked />
}

function Progress({ run: { run, merged, records, needsAttention } }: { readonly run: RunSummary }) {
  return (
    <span className={styles['progress']}>
      <Meter
        label={`Records of run ${run}`}
        total={records}
        parts={[
          { name: 'merged', value: merged, tone: 'good', text: formatCount(merged) },
          { name: 'need attention', value: needsAttention, tone: 'warn', text: formatCount(needsAttention) },
        ]}
      />
      <span className={styles['share']}>{formatShare(merged, records)}</span>
    </span>
  )
}
