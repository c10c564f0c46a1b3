import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, Outlet } from '@tanstack/react-router'
import type { RunStatus } from '../../../../src/server/contract/run.ts'
import { runQuery } from '../../api/runs.ts'
import { problemOf } from '../../api/problem.ts'
import { ButtonLink } from '../../design/controls/button.tsx'
import { Loading } from '../../design/states/empty.tsx'
import { Failure } from '../../design/states/failure.tsx'
import { Duration, Time } from '../../design/charts/figures.tsx'
import { Page } from '../../design/page.tsx'
import { SimulatedBand } from '../../design/states/simulated-band.tsx'
import { StateMark } from '../../design/states/state-mark.tsx'
import { useKey } from '../../keys/use-key.tsx'
import { useSession } from '../../shell/session.tsx'
import { runStateMark } from '../../words/run-state.ts'
import { deliveryLabels } from '../../../../src/wording/delivery-labels.ts'
import { waitsOf } from '../../words/wait.ts'
import { RunActions } from './run-actions.tsx'
import { RunNotice } from './run-notice.tsx'
import { RunTabs } from './run-tabs.tsx'
import styles from './run-page.module.css'

const route = getRouteApi('/runs/$run')
const waitEveryMs = 10_000

/** One run: what it is, what can be done about it, and its tabs. */
export function RunPage() {
  const { run } = route.useParams()
  const asked = useQuery({
    ...runQuery(run),
    // How often something was tried, and when next, is in no event.
    refetchInterval: ({ state: { data } }) =>
      data !== undefined && waitsOf(data).length > 0 ? waitEveryMs : false,
  })
  useTabKeys(run)
  const { simulated } = useSession()
  if (asked.data === undefined)
    return (
      <Page title={`Run ${run}`}>
        {asked.error === null ? (
          <Loading rows={8} />
        ) : (
          <>
            <Failure error={asked.error} onRetry={() => void asked.refetch()} />
            {problemOf(asked.error).status === 404 ? (
              <div>
                <ButtonLink to="/runs">All runs</ButtonLink>
              </div>
            ) : null}
          </>
        )}
      </Page>
    )
  const status = asked.data
  return (
    <Page
      title={status.job}
      beside={
        <span className={styles['beside']}>
          <code>{run}</code>
          <StateMark {...runStateMark(status)} />
        </span>
      }
      lead={<RunLead status={status} />}
      actions={<RunActions status={status} />}
    >
      {asked.error === null ? null : <Failure error={asked.error} onRetry={() => void asked.refetch()} />}
      {status.simulated && !simulated ? (
        <SimulatedBand>
          An emulator has invented the answers of this run, and nothing of them was paid.
        </SimulatedBand>
      ) : null}
      <RunNotice status={status} />
      <RunTabs status={status} />
      <Outlet />
    </Page>
  )
}

function RunLead({
  status: { provider, model, deliveryMode, createdAt, tookMs, rescues },
}: {
  readonly status: RunStatus
}) {
  return (
    <>
      {provider} / {model}
      {deliveryMode === 'batch'
        ? null
        : ` in ${deliveryLabels[deliveryMode].words} (${deliveryLabels[deliveryMode].price})`}
      , started <Time at={createdAt} clock />
      {tookMs === null ? null : (
        <>
          , took <Duration ms={tookMs} />
        </>
      )}
      {rescues == null ? null : (
        <>
          , asks records of run{' '}
          <Link to="/runs/$run" params={{ run: rescues }}>
            {rescues}
          </Link>{' '}
          again
        </>
      )}
    </>
  )
}

/** `1` to `7` open the tabs. */
function useTabKeys(run: string): void {
  const go = route.useNavigate()
  const options = { group: 'Run' }
  const params = { run }
  useKey('1', 'overview', () => void go({ to: '/runs/$run', params }), options)
  useKey('2', 'rows', () => void go({ to: '/runs/$run/rows', params }), options)
  useKey('3', 'errors', () => void go({ to: '/runs/$run/errors', params }), options)
  useKey('4', 'batches', () => void go({ to: '/runs/$run/batches', params }), options)
  useKey('5', 'review', () => void go({ to: '/runs/$run/review', params }), options)
  useKey('6', 'prompt', () => void go({ to: '/runs/$run/prompt', params }), options)
  useKey('7', 'events', () => void go({ to: '/runs/$run/events', params }), options)
}
