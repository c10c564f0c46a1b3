import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { jobsQuery } from '../../../api/jobs.ts'
import { runQuery, runsQuery } from '../../../api/runs.ts'
import { Button } from '../../../design/controls/button.tsx'
import { type Choice, SelectField } from '../../../design/controls/field.tsx'
import { useNow } from '../../../design/now.ts'
import type { Compared } from '../compare-search.ts'
import { runChoices } from './run-choice.ts'
import { partsOf } from '../side-name.ts'
import styles from './chooser.module.css'

const route = getRouteApi('/compare')

/** Which job, and which two of its runs; in the address. */
export function Chooser() {
  const { job: asked, a, b } = route.useSearch()
  const go = useNavigate()
  const now = useNow()
  const jobs = useQuery(jobsQuery())
  const run = useQuery({
    ...runQuery(partsOf(a ?? b ?? '').run),
    enabled: asked === undefined && (a ?? b) !== undefined,
  })
  const job = asked ?? run.data?.job
  const runs = useInfiniteQuery({ ...runsQuery({ job }), enabled: job !== undefined })
  const known = jobs.data?.items.find(({ name }) => name === job)
  const choices = runChoices(runs.data?.pages.flatMap(({ items }) => items) ?? [], known?.variants ?? [], now)
  const choose = (search: Partial<Compared>): void => {
    void go({ to: '/compare', search: { job, a, b, ...search }, replace: true })
  }
  return (
    <div className={styles['chooser']} role="group" aria-label="What is compared">
      <SelectField
        label="Job"
        value={job ?? ''}
        choices={withValue(
          [
            { value: '', words: 'choose a job' },
            ...(jobs.data?.items ?? []).map(({ name }) => ({ value: name, words: name })),
          ],
          job,
        )}
        onChoose={(chosen) => choose({ job: chosen || undefined, a: undefined, b: undefined })}
      />
      <SelectField
        label="A, the baseline"
        value={a ?? ''}
        disabled={job === undefined}
        choices={sideChoices(choices, a)}
        onChoose={(chosen) => choose({ a: chosen || undefined })}
      />
      <SelectField
        label="B, against it"
        value={b ?? ''}
        disabled={job === undefined}
        choices={sideChoices(choices, b)}
        onChoose={(chosen) => choose({ b: chosen || undefined })}
      />
      <div className={styles['acts']}>
        <Button disabled={a === undefined && b === undefined} onClick={() => choose({ a: b, b: a })}>
          Swap
        </Button>
        {runs.hasNextPage ? (
          <Button tone="quiet" busy={runs.isFetchingNextPage} onClick={() => void runs.fetchNextPage()}>
            Older runs
          </Button>
        ) : null}
      </div>
    </div>
  )
}

function sideChoices(choices: readonly Choice[], chosen: string | undefined): readonly Choice[] {
  return withValue([{ value: '', words: 'choose a run' }, ...choices], chosen)
}

/** What the address names stands in the list, also when it was not read that far. */
function withValue(choices: readonly Choice[], value: string | undefined): readonly Choice[] {
  return value === undefined || choices.some((choice) => choice.value === value)
    ? choices
    : [...choices, { value, words: value }]
}
