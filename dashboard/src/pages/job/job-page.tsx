import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import type { Job } from '../../../../src/server/contract/job.ts'
import { jobQuery } from '../../api/jobs.ts'
import { runsQuery } from '../../api/runs.ts'
import { ButtonLink } from '../../design/controls/button.tsx'
import { CliLines } from '../../design/controls/cli-line.tsx'
import { Money } from '../../design/charts/figures.tsx'
import { Facts, Page, Section } from '../../design/page.tsx'
import { Waiting } from '../../design/states/waiting.tsx'
import { shellWord } from '../../../../src/wording/shell-word.ts'
import { RunsTable } from '../runs/runs-table.tsx'
import { CoverageSection } from './coverage-section.tsx'

const route = getRouteApi('/jobs/$job')
const shownRuns = 8

/** One job: what it is, how much of its source is done, and its last runs. */
export function JobPage() {
  const { job: name } = route.useParams()
  const asked = useQuery(jobQuery(name))
  return (
    <Page
      title={name}
      beside={asked.data?.model}
      lead={asked.data === undefined ? undefined : <code>{asked.data.file}</code>}
      actions={
        <ButtonLink to="/new" search={{ job: name }} tone="primary">
          New run
        </ButtonLink>
      }
    >
      <Waiting asked={asked}>
        {(job) => (
          <>
            <JobFacts job={job} />
            <CoverageSection job={name} />
            <LastRuns job={name} />
            <Section title="On the command line">
              <CliLines
                lines={[
                  {
                    words: 'Plan it; it ends with the command that runs it',
                    command: `offpeak plan ${shellWord(name)}`,
                  },
                  { words: 'Try five records', command: `offpeak try ${shellWord(name)} -n 5` },
                  ...(job.variants.length > 1
                    ? [{ words: 'Compare its prompts', command: `offpeak compare ${shellWord(name)}` }]
                    : []),
                ]}
              />
            </Section>
          </>
        )}
      </Waiting>
    </Page>
  )
}

function JobFacts({
  job: { source, sink, version, after, variants, scored, simulated, budget },
}: {
  readonly job: Job
}) {
  return (
    <Facts
      entries={[
        { name: 'From', value: source },
        { name: 'To', value: sink },
        version === '' ? null : { name: 'Version', value: version },
        budget.perRunMicroUsd === null
          ? null
          : { name: 'Budget of a run', value: <Money microUsd={budget.perRunMicroUsd} /> },
        budget.perDayMicroUsd === null
          ? null
          : { name: 'Budget of a day', value: <Money microUsd={budget.perDayMicroUsd} /> },
        after.length === 0
          ? null
          : {
              name: 'Runs after',
              value: after.map((other) => (
                <Link key={other} to="/jobs/$job" params={{ job: other }}>
                  {other}
                </Link>
              )),
            },
        variants.length === 0 ? null : { name: 'Prompts', value: variants.join(', ') },
        scored ? { name: 'Scored', value: 'yes', note: 'weak answers wait for a person' } : null,
        simulated ? { name: 'Answered by', value: 'the emulator', note: 'costs are simulated' } : null,
      ]}
    />
  )
}

function LastRuns({ job }: { readonly job: string }) {
  const asked = useInfiniteQuery(runsQuery({ job }))
  const runs = asked.data?.pages[0]?.items
  return (
    <Section
      title="Last runs"
      aside={
        runs !== undefined && runs.length > shownRuns ? (
          <Link to="/runs" search={{ job }}>
            all runs
          </Link>
        ) : null
      }
    >
      <Waiting asked={{ data: runs, error: asked.error, refetch: asked.refetch }} rows={3}>
        {(items) =>
          items.length === 0 ? <p>It has not run yet.</p> : <RunsTable runs={items.slice(0, shownRuns)} />
        }
      </Waiting>
    </Section>
  )
}
