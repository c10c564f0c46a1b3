import type { RunStatus } from '../../../../src/server/contract/run.ts'
import type { Outcome } from '../../../../src/server/contract/outcome.ts'
import { Count } from '../../design/charts/figures.tsx'
import { Section } from '../../design/page.tsx'
import { StateMark } from '../../design/states/state-mark.tsx'
import { type Column, RowLink, Table } from '../../design/tables/table.tsx'
import { formatShare } from '../../../../src/wording/count.ts'
import { outcomes, presentOutcomes } from '../../words/outcome.ts'
import styles from './overview-page.module.css'

interface OutcomeRow {
  readonly run: string
  readonly outcome: Outcome
  readonly count: number
  readonly total: number
}

const columns: readonly Column<OutcomeRow>[] = [
  {
    id: 'outcome',
    title: 'Outcome',
    cell: ({ run, outcome }) => (
      <RowLink to="/runs/$run/rows" params={{ run }} search={{ outcome }}>
        <StateMark {...outcomes[outcome]} words={outcome} />
      </RowLink>
    ),
  },
  { id: 'count', title: 'Records', align: 'right', cell: ({ count }) => <Count value={count} /> },
  {
    id: 'share',
    title: 'Share',
    align: 'right',
    hide: 'narrow',
    cell: ({ count, total }) => <span className={styles['soft']}>{formatShare(count, total)}</span>,
  },
  {
    id: 'words',
    title: 'What it means',
    grow: true,
    cell: ({ outcome }) => (
      <span className={styles['soft']} title={outcomes[outcome].words}>
        {outcomes[outcome].words}
      </span>
    ),
  },
]

/** What became of the records; each leads to them. */
export function OutcomeCounts({ status: { run, counts } }: { readonly status: RunStatus }) {
  const present = presentOutcomes(counts)
  const total = present.reduce((sum, { count }) => sum + count, 0)
  return (
    <Section title="Outcomes">
      {present.length === 0 ? (
        <p className={styles['soft']}>No record has an outcome yet.</p>
      ) : (
        <Table
          caption="Outcomes of the records"
          columns={columns}
          rows={present.map((row) => ({ ...row, run, total }))}
          rowKey={({ outcome }) => outcome}
          linked
        />
      )}
    </Section>
  )
}
