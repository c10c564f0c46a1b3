import type { RunStatus } from '../../../../src/server/contract/run.ts'
import { Duration, Time } from '../../design/charts/figures.tsx'
import { Meter } from '../../design/charts/meter.tsx'
import { useNow } from '../../design/now.ts'
import { formatCount, formatShare } from '../../../../src/wording/count.ts'
import { recordsOf } from '../../words/run-state.ts'
import { remainingMs, nextExpiry } from './time-left.ts'
import styles from './overview-page.module.css'

/** The records as one bar, and when the rest is to be expected. */
export function Standing({ status }: { readonly status: RunStatus }) {
  const { counts, needsAttention, retrying, unchanged, sourceDone } = status
  const merged = counts.merged ?? 0
  const total = recordsOf(status)
  const closed = (counts.cancelled ?? 0) + (counts.declined ?? 0) + (counts.rescued ?? 0)
  const held = counts.held ?? 0
  const waiting = Math.max(0, total - merged - needsAttention - retrying - closed - held)
  return (
    <section className={styles['standing']} aria-label="Records">
      <div className={styles['line']}>
        <p className={styles['figure']}>
          {formatShare(merged, total)}{' '}
          <small>
            {formatCount(merged)} of {sourceDone ? '' : 'about '}
            {formatCount(total)} records merged
          </small>
        </p>
        <TimeLeft status={status} />
      </div>
      <Meter
        label={`Records of run ${status.run}`}
        total={total}
        tall
        legend
        parts={[
          { name: 'merged', value: merged, tone: 'good', text: formatCount(merged) },
          ...(held === 0
            ? []
            : [
                {
                  name: 'wait for other parts',
                  value: held,
                  tone: 'accent' as const,
                  text: formatCount(held),
                },
              ]),
          ...(retrying === 0
            ? []
            : [
                {
                  name: 'retry automatically',
                  value: retrying,
                  tone: 'accent' as const,
                  text: formatCount(retrying),
                },
              ]),
          { name: 'need attention', value: needsAttention, tone: 'warn', text: formatCount(needsAttention) },
          ...(closed === 0
            ? []
            : [{ name: 'left', value: closed, tone: 'faint' as const, text: formatCount(closed) }]),
          { name: 'not answered yet', value: waiting, tone: 'faint', rest: true, text: formatCount(waiting) },
        ]}
      />
      {unchanged === 0 ? null : (
        <p className={styles['soft']}>
          {formatCount(unchanged)} more were done before, and nothing about them changed.
        </p>
      )}
    </section>
  )
}

function TimeLeft({ status }: { readonly status: RunStatus }) {
  const now = useNow()
  const left = remainingMs(status, now)
  const expires = nextExpiry(status, now)
  const { deadlineAt, finishedAt } = status
  if (finishedAt !== null)
    return (
      <p className={styles['soft']}>
        ended <Time at={finishedAt} clock />
      </p>
    )
  return (
    <p className={styles['soft']}>
      {left === null ? null : (
        <>
          about <Duration ms={left} /> left
        </>
      )}
      {expires === null ? null : (
        <>
          {left === null ? '' : ' · '}the oldest batch expires <Time at={expires} />
        </>
      )}
      {deadlineAt === null ? null : (
        <>
          {left === null && expires === null ? '' : ' · '}real time from <Time at={deadlineAt} clock />
        </>
      )}
    </p>
  )
}
