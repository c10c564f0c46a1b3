import { useState } from 'react'
import type { RecordDetail } from '../../../../src/server/contract/row.ts'
import type { RunStatus } from '../../../../src/server/contract/run.ts'
import { useGivingVerdict, useTakingBack } from '../../api/reviews.ts'
import { Button } from '../../design/controls/button.tsx'
import { Failure } from '../../design/states/failure.tsx'
import { useMay } from '../../shell/session.tsx'
import { RetryDialog } from '../run/retry-dialog.tsx'
import { needsChange } from '../../../../src/wording/remedies.ts'
import { canJudge, canRetry } from './can-judge.ts'
import { EditDialog } from './edit-dialog.tsx'
import styles from './record-acts.module.css'
import { RejectDialog } from './reject-dialog.tsx'

/** What can be done about one record; what costs money asks first. */
export function RecordActs({
  record,
  status,
}: {
  readonly record: RecordDetail
  readonly status: RunStatus
}) {
  const { run, key, outcome, verdict } = record
  const [asking, setAsking] = useState<'edit' | 'reject' | 'retry' | null>(null)
  const [done, setDone] = useState<string | null>(null)
  const giving = useGivingVerdict(run)
  const taking = useTakingBack(run)
  const may = useMay('run')
  const can = canJudge(record)
  const lock = may ? {} : { disabled: true, title: 'This session may only read' }
  const isAccepted = outcome === 'merged' || outcome === 'held'
  const close = (): void => setAsking(null)
  const finish = (words: string): void => {
    setAsking(null)
    setDone(words)
  }
  const accept = (): void =>
    giving.mutate(
      { key, verdict: 'accept' },
      { onSuccess: ({ wrote }) => setDone(wrote ? 'Accepted and written.' : 'Accepted.') },
    )
  const takeBack = (): void =>
    taking.mutate(key, {
      onSuccess: ({ wrote }) =>
        setDone(wrote ? 'The verdict is taken back; what it wrote stays.' : 'The verdict is taken back.'),
    })
  const some = can.accept || can.edit || can.reject || canRetry(outcome) || verdict !== null
  if (!some) return null
  return (
    <div className={styles['acts']}>
      <div className={styles['buttons']} role="group" aria-label="What can be done">
        {can.accept ? (
          <Button tone="primary" busy={giving.isPending} onClick={accept} {...lock}>
            Accept as it is
          </Button>
        ) : null}
        {can.edit ? (
          <Button onClick={() => setAsking('edit')} {...lock}>
            Edit…
          </Button>
        ) : null}
        {can.reject && !isAccepted ? (
          <Button onClick={() => setAsking('reject')} {...lock}>
            Reject…
          </Button>
        ) : null}
        {canRetry(outcome) ? (
          <Button title="the price comes first" onClick={() => setAsking('retry')} {...lock}>
            Ask again…
          </Button>
        ) : null}
        {verdict === null ? null : (
          <Button tone="quiet" busy={taking.isPending} onClick={takeBack} {...lock}>
            Take the verdict back
          </Button>
        )}
      </div>
      <p role="status" className={styles['done']}>
        {done}
      </p>
      {giving.isError ? <Failure error={giving.error} /> : null}
      {taking.isError ? <Failure error={taking.error} /> : null}
      {asking === 'edit' ? (
        <EditDialog record={record} onClose={close} onDone={() => finish('The edit is accepted.')} />
      ) : null}
      {asking === 'reject' ? (
        <RejectDialog
          run={run}
          recordKey={key}
          written={isAccepted}
          onClose={close}
          onDone={() => finish('Rejected.')}
        />
      ) : null}
      {asking === 'retry' ? (
        <RetryDialog
          status={status}
          choice={{ keys: [key] }}
          how={needsChange.includes(outcome) ? 'today' : 'as-sent'}
          onClose={close}
        />
      ) : null}
    </div>
  )
}
