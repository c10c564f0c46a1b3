import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { jobsQuery } from '../../api/jobs.ts'
import { runsQuery } from '../../api/runs.ts'
import { Button, ButtonLink } from '../../design/controls/button.tsx'
import { Loading } from '../../design/states/empty.tsx'
import { Failure } from '../../design/states/failure.tsx'
import { SelectField } from '../../design/controls/field.tsx'
import { Page, Toolbar } from '../../design/page.tsx'
import { MonthFacts } from './month-facts.tsx'
import { NoRuns } from './no-runs.tsx'
import { runStates } from './runs-search.ts'
import { RunsTable } from './runs-table.tsx'

const route = getRouteApi('/runs')

/** All runs, newest first, with what they cost and what they wait for. */
export function RunsPage() {
  const filter = route.useSearch()
  const go = route.useNavigate()
  const runs = useInfiniteQuery(runsQuery(filter))
  const jobs = useQuery(jobsQuery())
  const rows = runs.data?.pages.flatMap(({ items }) => items)
  const names = new Set([
    ...(jobs.data?.items.map(({ name }) => name) ?? []),
    ...(filter.job ? [filter.job] : []),
  ])
  const filtered = filter.job !== undefined || filter.state !== undefined
  return (
    <Page
      title="Runs"
      actions={
        <ButtonLink to="/new" tone="primary">
          New run
        </ButtonLink>
      }
    >
      <MonthFacts />
      <Toolbar label="Filters">
        <SelectField
          label="Job"
          inline
          data-filter=""
          value={filter.job ?? ''}
          choices={[
            { value: '', words: 'all jobs' },
            ...[...names].map((name) => ({ value: name, words: name })),
          ]}
          onChoose={(job) => void go({ search: { ...filter, job: job === '' ? undefined : job } })}
        />
        <SelectField
          label="State"
          inline
          value={filter.state ?? ''}
          choices={[
            { value: '', words: 'all states' },
            ...runStates.map((state) => ({ value: state, words: state })),
          ]}
          onChoose={(state) =>
            void go({ search: { ...filter, state: runStates.find((name) => name === state) } })
          }
        />
        {filtered ? (
          <Button tone="quiet" onClick={() => void go({ search: {} })}>
            Show all
          </Button>
        ) : null}
      </Toolbar>
      {runs.error === null ? null : <Failure error={runs.error} onRetry={() => void runs.refetch()} />}
      {rows === undefined ? (
        runs.error === null ? (
          <Loading rows={8} />
        ) : null
      ) : rows.length === 0 ? (
        <NoRuns filtered={filtered} />
      ) : (
        <>
          <RunsTable runs={rows} />
          {runs.hasNextPage ? (
            <div>
              <Button busy={runs.isFetchingNextPage} onClick={() => void runs.fetchNextPage()}>
                Older runs
              </Button>
            </div>
          ) : null}
        </>
      )}
    </Page>
  )
}
