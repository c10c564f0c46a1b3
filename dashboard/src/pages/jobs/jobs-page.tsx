import { useQuery } from '@tanstack/react-query'
import type { Job } from '../../../../src/server/contract/job.ts'
import { jobsQuery } from '../../api/jobs.ts'
import { ButtonLink } from '../../design/controls/button.tsx'
import { CliLine, CliLines } from '../../design/controls/cli-line.tsx'
import { Empty } from '../../design/states/empty.tsx'
import { Absent, Money, Time } from '../../design/charts/figures.tsx'
import { Page } from '../../design/page.tsx'
import { PlainText } from '../../design/texts/plain-text.tsx'
import { StateMark } from '../../design/states/state-mark.tsx'
import { type Column, RowLink, Table } from '../../design/tables/table.tsx'
import { Waiting } from '../../design/states/waiting.tsx'
import { runStateMark } from '../../words/run-state.ts'
import styles from './jobs-page.module.css'

const columns: readonly Column<Job>[] = [
  {
    id: 'name',
    title: 'Job',
    cell: ({ name }) => (
      <RowLink to="/jobs/$job" params={{ job: name }}>
        {name}
      </RowLink>
    ),
  },
  { id: 'model', title: 'Model', cell: ({ model }) => model },
  {
    id: 'way',
    title: 'From and to',
    grow: true,
    hide: 'narrow',
    cell: ({ source, sink, after }) => (
      <span className={styles['faint']}>
        {source} → {sink}
        {after.length === 0 ? '' : `, after ${after.join(', ')}`}
      </span>
    ),
  },
  {
    id: 'budget',
    title: 'Budget of a run',
    align: 'right',
    hide: 'medium',
    cell: ({ budget }) => <Money microUsd={budget.perRunMicroUsd} />,
  },
  { id: 'last', title: 'Last run', cell: ({ lastRun }) => <LastRun lastRun={lastRun} /> },
  {
    id: 'when',
    title: 'Started',
    align: 'right',
    hide: 'narrow',
    cell: ({ lastRun }) => (lastRun === null ? null : <Time at={lastRun.createdAt} />),
  },
]

/** The jobs of the project. */
export function JobsPage() {
  const asked = useQuery(jobsQuery())
  return (
    <Page
      title="Jobs"
      lead="Each is a file of code: where rows come from, what is asked about them, where the answers go."
      actions={
        <ButtonLink to="/new" tone="primary">
          New run
        </ButtonLink>
      }
    >
      <Waiting asked={asked}>
        {({ items, broken }) =>
          items.length === 0 && broken.length === 0 ? (
            <Empty title="No job yet">
              <p>A job is a file in `jobs/`; the first one is written for you.</p>
              <CliLines lines={[{ words: 'Make one', command: 'offpeak init' }]} />
            </Empty>
          ) : (
            <>
              {broken.map(({ file, message }) => (
                <p key={`${file} ${message}`} role="status">
                  <StateMark shape="warn" tone="warn" words={`${file} cannot be used:`} />{' '}
                  <PlainText text={message} />
                </p>
              ))}
              <Table caption="Jobs" columns={columns} rows={items} rowKey={({ name }) => name} linked />
              <CliLine command="offpeak jobs" />
            </>
          )
        }
      </Waiting>
    </Page>
  )
}

function LastRun({ lastRun }: Pick<Job, 'lastRun'>) {
  if (lastRun === null) return <Absent />
  return <StateMark {...runStateMark({ state: lastRun.state, needsAttention: 0, pauseKind: null })} />
}
