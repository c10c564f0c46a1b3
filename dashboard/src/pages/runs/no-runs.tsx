import { useQuery } from '@tanstack/react-query'
import { jobsQuery } from '../../api/jobs.ts'
import { ButtonLink } from '../../design/controls/button.tsx'
import { CliLines } from '../../design/controls/cli-line.tsx'
import { Empty } from '../../design/states/empty.tsx'
import { shellWord } from '../../../../src/wording/shell-word.ts'

/** Why no run is shown, and how the first one begins. */
export function NoRuns({ filtered }: { readonly filtered: boolean }) {
  const { data } = useQuery(jobsQuery())
  if (filtered)
    return (
      <Empty title="No run is like that">
        <p>There are runs, but none of this job in this state.</p>
      </Empty>
    )
  // A job that goes on from another one has nothing to do yet.
  const job = (data?.items.find(({ after }) => after.length === 0) ?? data?.items[0])?.name
  if (job === undefined)
    return (
      <Empty title="No job yet">
        <p>
          A job says which rows to read, what to ask about each, and where the answers go: a file of code.
        </p>
        <CliLines lines={[{ words: 'Make one', command: 'offpeak init' }]} />
      </Empty>
    )
  return (
    <Empty title="No run yet">
      <p>
        A run asks a job&rsquo;s question of all of its records. It is planned and priced first; nothing is
        sent before you agree to an amount.
      </p>
      <ButtonLink to="/new" search={{ job }} tone="primary">
        Plan the first run of {job}
      </ButtonLink>
      <CliLines lines={[{ words: 'Or here', command: `offpeak run ${shellWord(job)}` }]} />
    </Empty>
  )
}
