import { usePrefetchInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { comparedQuery, comparisonQuery, type Sides } from '../../api/compare.ts'
import { CliLine } from '../../design/controls/cli-line.tsx'
import { Page, Section } from '../../design/page.tsx'
import { Waiting } from '../../design/states/waiting.tsx'
import { shellWord } from '../../../../src/wording/shell-word.ts'
import { jobsQuery } from '../../api/jobs.ts'
import { Candidates } from './choice/candidates.tsx'
import { Chooser } from './choice/chooser.tsx'
import { Figures } from './figures.tsx'
import { Records } from './records/records.tsx'
import { Suggestions } from './choice/suggestions.tsx'
import { VerdictView } from './verdict-view.tsx'
import styles from './compare-page.module.css'

const route = getRouteApi('/compare')
const sample = 200

/** Two runs of a job, or two prompts, beside each other: figures, records, and what people prefer. */
export function ComparePage() {
  const { job, a, b } = route.useSearch()
  return (
    <Page
      title="Compare"
      lead="Two runs of one job, or two of its prompts: A is what there was, B is what may take its place."
    >
      <Chooser />
      {a === undefined || b === undefined ? (
        <Choosing job={job} />
      ) : (
        <Comparing key={`${a} ${b}`} sides={{ a, b }} />
      )}
    </Page>
  )
}

/** The candidates of the job that is chosen, or of every job that has some, and what else could be compared. */
function Choosing({ job }: { readonly job: string | undefined }) {
  const jobs = useQuery(jobsQuery())
  const having = (jobs.data?.items ?? []).filter(
    ({ name, candidates }) => candidates.length > 0 && (job === undefined || name === job),
  )
  return (
    <>
      {having.map(({ name }) => (
        <Candidates key={name} job={name} />
      ))}
      <Suggestions isShown={having.length > 0} />
    </>
  )
}

function Comparing({ sides }: { readonly sides: Sides }) {
  const { changed = false } = route.useSearch()
  // The records are asked for beside the figures, and not after them.
  usePrefetchInfiniteQuery(comparedQuery(sides, changed))
  const compared = useQuery(comparisonQuery(sides, sample))
  return (
    <Waiting asked={compared} rows={9}>
      {(comparison) => (
        <>
          <div className={styles['top']}>
            <Section title="Figures">
              <Figures comparison={comparison} />
              <CliLine command={`offpeak compare ${shellWord(sides.a)} ${shellWord(sides.b)}`} />
            </Section>
            <Section title="Verdict">
              <VerdictView comparison={comparison} />
            </Section>
          </div>
          <Records sides={sides} comparison={comparison} />
        </>
      )}
    </Waiting>
  )
}
