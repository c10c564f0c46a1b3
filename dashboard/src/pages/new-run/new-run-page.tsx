import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { jobsQuery } from '../../api/jobs.ts'
import { CliLines } from '../../design/controls/cli-line.tsx'
import { Empty } from '../../design/states/empty.tsx'
import { SelectField } from '../../design/controls/field.tsx'
import { Page } from '../../design/page.tsx'
import { Waiting } from '../../design/states/waiting.tsx'
import { Preparing } from './preparing.tsx'
import styles from './new-run-page.module.css'

const route = getRouteApi('/new')

/** From a job to a run: parameters, plan, amount. Nothing is sent before the amount is typed. */
export function NewRunPage() {
  const { job: named } = route.useSearch()
  const go = route.useNavigate()
  const asked = useQuery(jobsQuery())
  return (
    <Page title="New run" lead="Planned and priced first. Nothing is sent before you type an amount.">
      <Waiting asked={asked}>
        {({ items }) => {
          const job = items.find(({ name }) => name === named) ?? (named === undefined ? items[0] : undefined)
          if (items.length === 0)
            return (
              <Empty title="No job yet">
                <p>A run asks the question of a job; there is none.</p>
                <CliLines lines={[{ words: 'Make one', command: 'offpeak init' }]} />
              </Empty>
            )
          return (
            <>
              <div className={styles['narrow']}>
                <SelectField
                  label="Job"
                  data-filter=""
                  value={job?.name ?? ''}
                  choices={[
                    ...(job === undefined ? [{ value: '', words: `${named}: there is no such job` }] : []),
                    ...items.map(({ name, model }) => ({ value: name, words: `${name}, ${model}` })),
                  ]}
                  onChoose={(name) => void go({ search: { job: name }, replace: true })}
                  hint={job === undefined ? undefined : `${job.source} → ${job.sink}`}
                />
              </div>
              {/* Another job begins with an empty form. */}
              {job === undefined ? null : <Preparing key={job.name} job={job} />}
            </>
          )
        }}
      </Waiting>
    </Page>
  )
}
