import { useState } from 'react'
import type { ErrorGroup } from '../../../../src/server/contract/row.ts'
import type { RunStatus } from '../../../../src/server/contract/run.ts'
import { Button, ButtonLink } from '../../design/controls/button.tsx'
import { formatCount } from '../../../../src/wording/count.ts'
import { useMay } from '../../shell/session.tsx'
import { MergeDialog } from '../run/merge-dialog.tsx'
import { RetryDialog } from '../run/retry-dialog.tsx'
import { sourceCounts, sourceOf } from '../review/review-source.ts'
import { retryReach } from './retry-reach.ts'
import styles from './error-group-view.module.css'

/** What can be done about a group; what costs money says first how much. */
export function GroupActs({
  group,
  all,
  status,
}: {
  readonly group: ErrorGroup
  readonly all: readonly ErrorGroup[]
  readonly status: RunStatus
}) {
  const [asking, setAsking] = useState<'retry' | 'merge' | null>(null)
  const may = useMay('run')
  const why = may ? undefined : 'This key may only read'
  const { outcome, retryable } = group
  const { run, counts } = status
  const source = sourceOf(outcome)
  const { choice, count } = retryReach(group, all)
  const close = (): void => setAsking(null)
  return (
    <div className={styles['acts']}>
      {source === null ? null : (
        <ButtonLink to="/runs/$run/review" params={{ run }} search={{ source }}>
          {source === 'review' ? 'Review' : 'Review all failed,'}{' '}
          {formatCount(sourceCounts(counts, 0)[source])}
        </ButtonLink>
      )}
      {outcome === 'rejected' || outcome === 'review' ? (
        <Button disabled={!may} title={why} onClick={() => setAsking('merge')}>
          Merge again, free…
        </Button>
      ) : null}
      {retryable ? (
        <Button disabled={!may} title={why} onClick={() => setAsking('retry')}>
          {count === 1 ? 'Retry this one…' : `Retry these ${formatCount(count)}…`}
        </Button>
      ) : null}
      {asking === 'retry' ? <RetryDialog status={status} choice={choice} onClose={close} /> : null}
      {asking === 'merge' ? <MergeDialog run={status.run} onClose={close} /> : null}
    </div>
  )
}
