import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { jobsQuery } from '../../../api/jobs.ts'
import { runsQuery } from '../../../api/runs.ts'
import { ButtonLink } from '../../../design/controls/button.tsx'
import { CliLines } from '../../../design/controls/cli-line.tsx'
import { Empty } from '../../../design/states/empty.tsx'
import { Section } from '../../../design/page.tsx'
import { Waiting } from '../../../design/states/waiting.tsx'
import { suggestedPairs } from './run-choice.ts'
import styles from './suggestions.module.css'

const route = getRouteApi('/compare')

/** What could be compared, as long as nothing is chosen; where something `isShown` already, nothing is said of nothing. */
export function Suggestions({ isShown }: { readonly isShown: boolean }) {
  const { job } = route.useSearch()
  const runs = useInfiniteQuery(runsQuery({ job }))
  const jobs = useQuery(jobsQuery())
  const variants = new Map((jobs.data?.items ?? []).map(({ name, variants }) => [name, variants]))
  return (
    <Waiting asked={runs} rows={4}>
      {({ pages }) => {
        const pairs = suggestedPairs(
          pages.flatMap(({ items }) => items),
          variants,
        )
        if (pairs.length === 0) return isShown ? null : <NothingYet job={job} />
        return (
          <Section title="Could be compared">
            <ul className={styles['pairs']}>
              {pairs.map(({ job, a, b, words }) => (
                <li key={`${a} ${b}`}>
                  <Link to="/compare" search={{ a, b }}>
                    {job}: {a} against {b}
                  </Link>
                  <span className={styles['words']}>{words}</span>
                </li>
              ))}
            </ul>
          </Section>
        )
      }}
    </Waiting>
  )
}

function NothingYet({ job }: { readonly job: string | undefined }) {
  return (
    <Empty title={job === undefined ? 'Nothing to compare yet' : `${job} has nothing to compare yet`}>
      <p>
        It takes two runs of one job that wrote something, or one run of a job with <code>variants</code>:
        change the prompt, or name two, and run a small part of it again.
      </p>
      <CliLines
        lines={[
          { words: 'A small run', command: `offpeak run ${job ?? '<job>'} --limit 200` },
          { words: 'The same again', command: `offpeak run ${job ?? '<job>'} --limit 200 --redo` },
        ]}
      />
      <ButtonLink to="/jobs">To the jobs</ButtonLink>
    </Empty>
  )
}
