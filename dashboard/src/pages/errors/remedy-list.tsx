import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Remedies, RunStatus } from '../../../../src/server/contract/run.ts'
import { remediesQuery } from '../../api/runs.ts'
import { Button } from '../../design/controls/button.tsx'
import { CliLine } from '../../design/controls/cli-line.tsx'
import { Money } from '../../design/charts/figures.tsx'
import { Section } from '../../design/page.tsx'
import { Waiting } from '../../design/states/waiting.tsx'
import { formatCount, plural } from '../../../../src/wording/count.ts'
import { useMay } from '../../shell/session.tsx'
import { MergeDialog } from '../run/merge-dialog.tsx'
import { RetryDialog } from '../run/retry-dialog.tsx'
import styles from './errors-page.module.css'

type Remedy = Remedies['items'][number]

const names: Readonly<Record<Remedy['kind'], string>> = {
  judge: 'Judge again',
  today: "With today's job",
  'as-sent': 'As sent',
}

/** What can be done about all that failed, by what has changed since: each way with its records and its price. */
export function RemedyList({ status }: { readonly status: RunStatus }) {
  const may = useMay('run')
  const asked = useQuery({ ...remediesQuery(status.run), enabled: may })
  if (!may) return null
  return (
    <Section title="What can be done">
      <Waiting asked={asked} rows={3}>
        {(remedies) => <Items remedies={remedies} status={status} />}
      </Waiting>
    </Section>
  )
}

function Items({ remedies, status }: { readonly remedies: Remedies; readonly status: RunStatus }) {
  const [asking, setAsking] = useState<Remedy | null>(null)
  const close = (): void => setAsking(null)
  const stuck = Object.entries(remedies.stuck).map(([outcome, count]) => `${formatCount(count)} ${outcome}`)
  return (
    <>
      <ul className={styles['groups']}>
        {remedies.items.map((remedy) => (
          <li key={remedy.kind} className={styles['group']}>
            <Button onClick={() => setAsking(remedy)}>{names[remedy.kind]}…</Button>
            <div>
              <p>
                {plural(remedy.records, 'record')}, <Price remedy={remedy} />
                {': '}
                {whyWords(remedy)}
              </p>
              <CliLine command={remedy.command} />
            </div>
          </li>
        ))}
      </ul>
      {stuck.length === 0 ? null : (
        <p className={styles['soft']}>
          {stuck.join(', ')} would end the same again: change the job or the rows first, or ask these alone
          with more output tokens or another model.
        </p>
      )}
      {remedies.problem === null ? null : (
        <p className={styles['soft']}>Today's job could not be looked at: {remedies.problem}</p>
      )}
      {asking === null ? null : asking.kind === 'judge' ? (
        <MergeDialog run={status.run} onClose={close} />
      ) : (
        <RetryDialog
          status={status}
          choice={{ outcomes: asking.outcomes }}
          how={asking.kind}
          onClose={close}
        />
      )}
    </>
  )
}

function Price({ remedy: { kind, likelyMicroUsd, atMostMicroUsd } }: { readonly remedy: Remedy }) {
  if (kind === 'judge') return <>free</>
  return (
    <>
      about <Money microUsd={likelyMicroUsd} />, at most <Money microUsd={atMostMicroUsd} />
    </>
  )
}

function whyWords({ kind, parts }: Remedy): string {
  switch (kind) {
    case 'judge':
      return 'their stored answers fit the job as it is now'
    case 'today':
      return `changed since: ${Object.entries(parts)
        .map(([part, count]) => `${part} of ${formatCount(count)}`)
        .join(', ')}`
    case 'as-sent':
      return 'the same request may succeed'
  }
}
