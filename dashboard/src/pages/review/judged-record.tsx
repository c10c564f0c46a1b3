import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { RecordDetail } from '../../../../src/server/contract/row.ts'
import type { RunStatus } from '../../../../src/server/contract/run.ts'
import { recordQuery } from '../../api/runs.ts'
import { Loading } from '../../design/states/empty.tsx'
import { Failure } from '../../design/states/failure.tsx'
import { PlainText } from '../../design/texts/plain-text.tsx'
import { StateMark } from '../../design/states/state-mark.tsx'
import { outcomes } from '../../words/outcome.ts'
import { AnswerPane } from './answer-pane.tsx'
import { EditForm } from './edit-form.tsx'
import { InputPane } from './input-pane.tsx'
import styles from './judged-record.module.css'
import { RejectForm } from './reject-form.tsx'
import type { Doing } from './use-review-keys.ts'
import type { ReviewItem } from './review-walk.ts'
import type { Review } from './use-review.ts'
import { verdictWords } from './verdict-words.ts'

/** One record: what went in at the left, what came back at the right. */
export function JudgedRecord({
  review,
  item,
  status,
  doing,
  turn,
}: {
  readonly review: Review
  readonly item: ReviewItem
  readonly status: RunStatus
  readonly doing: Doing
  readonly turn: (wanted: Doing) => void
}) {
  const { run } = status
  const { data: record, error, refetch } = useQuery(recordQuery(run, item.key))
  if (record === undefined)
    return error === null ? (
      <div className={styles['panes']}>
        <Loading rows={12} />
        <Loading rows={12} />
      </div>
    ) : (
      <Failure error={error} onRetry={() => void refetch()} />
    )
  return (
    <div className={styles['panes']}>
      <InputPane record={record} />
      <div className={styles['answer']}>
        <Standing record={record} said={review.walk.verdicts.get(item.key) ?? null} />
        {doing === 'reject' ? (
          <RejectForm
            onReject={(reason) => {
              turn('look')
              review.judge('reject', reason)
            }}
            onBack={() => turn('look')}
          />
        ) : null}
        {doing === 'edit' ? (
          <EditForm
            record={record}
            editing={review.editing}
            onSave={review.edit}
            onBack={() => turn('look')}
          />
        ) : (
          <AnswerPane record={record} />
        )}
        <p>
          <Link to="/runs/$run/rows/$key" params={{ run, key: item.key }}>
            All of the record
          </Link>
        </p>
      </div>
    </div>
  )
}

function Standing({
  record: { outcome, reason, score },
  said,
}: {
  readonly record: RecordDetail
  readonly said: keyof typeof verdictWords | null
}) {
  return (
    <div className={styles['standing']}>
      <StateMark {...outcomes[outcome]} words={outcome} />
      {score === null ? null : <span>score {score.toFixed(2)}</span>}
      {said === null ? null : (
        <span className={styles['said']}>
          <StateMark {...verdictWords[said]} words={verdictWords[said].done} />
        </span>
      )}
      <p className={styles['reason']}>
        <PlainText text={(reason ?? outcomes[outcome].words).slice(0, mostShown)} />
      </p>
    </div>
  )
}

const mostShown = 1_000
