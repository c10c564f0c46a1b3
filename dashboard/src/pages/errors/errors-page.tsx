import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import type { ErrorGroup } from '../../../../src/server/contract/row.ts'
import type { RunStatus } from '../../../../src/server/contract/run.ts'
import { errorsQuery, runQuery } from '../../api/runs.ts'
import { Button } from '../../design/controls/button.tsx'
import { CliLine } from '../../design/controls/cli-line.tsx'
import { Section } from '../../design/page.tsx'
import { Waiting } from '../../design/states/waiting.tsx'
import { plural } from '../../../../src/wording/count.ts'
import { isLive } from '../../words/run-state.ts'
import { ErrorGroupView } from './error-group-view.tsx'
import { NoErrors } from './no-errors.tsx'
import { RemedyList } from './remedy-list.tsx'
import styles from './errors-page.module.css'

const route = getRouteApi('/runs/$run/errors')

/** What did not become a written record, by its outcome and reason: what needs a person first. */
export function ErrorsPage() {
  const { run } = route.useParams()
  const { data: status } = useQuery(runQuery(run))
  const asked = useQuery(errorsQuery(run))
  if (status === undefined) return null
  return (
    <>
      <Waiting asked={asked} rows={12}>
        {({ items }) => <Groups groups={items} status={status} />}
      </Waiting>
      {status.needsAttention > 0 && !isLive(status) ? <RemedyList status={status} /> : null}
      <CliLine command={`offpeak errors ${run}`} />
    </>
  )
}

function Groups({ groups, status }: { readonly groups: readonly ErrorGroup[]; readonly status: RunStatus }) {
  const people = groups.filter(({ needsAttention: person }) => person)
  const rest = groups.filter(({ needsAttention: person }) => !person)
  return (
    <>
      {people.length === 0 ? <NoErrors status={status} /> : null}
      {people.length === 0 ? null : (
        <Section
          title={`${plural(countOf(people), 'record')} ${countOf(people) === 1 ? 'needs' : 'need'} attention`}
          aside={<span className={styles['soft']}>{plural(people.length, 'cause')}</span>}
        >
          {isLive(status) && status.state !== 'paused' ? (
            <p className={styles['soft']}>
              The run goes on; what is sent again automatically is not counted here.
            </p>
          ) : null}
          <GroupList groups={people} all={groups} status={status} />
        </Section>
      )}
      {rest.length === 0 ? null : (
        <Section
          title="Left as they are"
          aside={<span className={styles['soft']}>{plural(countOf(rest), 'record')}</span>}
        >
          <GroupList groups={rest} all={groups} status={status} />
        </Section>
      )}
    </>
  )
}

/** So many are drawn before somebody wants all of them. */
const firstShown = 30

function GroupList({
  groups,
  all,
  status,
}: {
  readonly groups: readonly ErrorGroup[]
  readonly all: readonly ErrorGroup[]
  readonly status: RunStatus
}) {
  const [whole, setWhole] = useState(false)
  const shown = whole ? groups : groups.slice(0, firstShown)
  return (
    <>
      <ul className={styles['groups']}>
        {shown.map((group) => (
          <li key={`${group.outcome} ${group.reason ?? ''}`} className={styles['group']}>
            <ErrorGroupView group={group} all={all} status={status} />
          </li>
        ))}
      </ul>
      {shown.length === groups.length ? null : (
        <div>
          <Button onClick={() => setWhole(true)}>
            {plural(groups.length - shown.length, 'more cause', 'more causes')}
          </Button>
        </div>
      )}
    </>
  )
}

function countOf(groups: readonly ErrorGroup[]): number {
  return groups.reduce((sum, { count, retrying }) => sum + count - retrying, 0)
}
