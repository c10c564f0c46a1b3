import type { Batch } from '../../../../src/server/contract/run.ts'
import { answeredOf } from '../../design/charts/batch-tip.tsx'
import { Button } from '../../design/controls/button.tsx'
import { Absent, Bytes, Money, Time } from '../../design/charts/figures.tsx'
import { Meter } from '../../design/charts/meter.tsx'
import { useNow } from '../../design/now.ts'
import { PlainText } from '../../design/texts/plain-text.tsx'
import { StateMark } from '../../design/states/state-mark.tsx'
import { type Column, RowLink } from '../../design/tables/table.tsx'
import { formatCount } from '../../../../src/wording/count.ts'
import { batchPhases } from '../../words/batch-phase.ts'
import { phaseOf } from '../../../../src/wording/batch-phase.ts'
import { deliveryLabels } from '../../../../src/wording/delivery-labels.ts'
import { presentOutcomes } from '../../words/outcome.ts'
import { waitMark, waitTimes, waitWords } from '../../words/wait.ts'
import styles from './batches-page.module.css'

/** What is shown of a batch. */
export function batchColumns({
  run,
  onCancel,
}: {
  readonly run: string
  /** Null: whoever looks may not. */
  readonly onCancel: ((batch: Batch) => void) | null
}): readonly Column<Batch>[] {
  return [
    {
      id: 'n',
      title: 'Batch',
      track: '2.75rem',
      cell: ({ n }) => (
        <RowLink
          to="/runs/$run/rows"
          params={{ run }}
          search={{ batch: n }}
          title={`the records of batch ${n}`}
        >
          {n}
        </RowLink>
      ),
    },
    {
      id: 'state',
      title: 'State',
      track: 'minmax(6.2rem, 7.5rem)',
      cell: (batch) => <StateMark {...batchPhases[phaseOf(batch)]} />,
    },
    {
      id: 'answered',
      title: 'Answered',
      track: 'minmax(6rem, 12rem)',
      cell: (batch) => <Answered batch={batch} />,
    },
    {
      id: 'others',
      title: 'Not merged',
      track: 'minmax(0, 1.2fr)',
      hide: 'medium',
      cell: ({ counts }) => {
        const words = presentOutcomes(counts)
          .filter(({ outcome }) => outcome !== 'merged')
          .map(({ outcome, count }) => `${formatCount(count)} ${outcome}`)
          .join(', ')
        return words === '' ? <Absent /> : <span title={words}>{words}</span>
      },
    },
    {
      id: 'size',
      title: 'Size',
      track: '5rem',
      align: 'right',
      hide: 'medium',
      cell: ({ bytes }) => <Bytes value={bytes} />,
    },
    {
      id: 'cost',
      title: 'Cost',
      track: '5.5rem',
      align: 'right',
      hide: 'narrow',
      cell: ({ costMicroUsd, reservedMicroUsd }) =>
        costMicroUsd === 0 && reservedMicroUsd > 0 ? (
          <span className={styles['faint']}>
            ≤ <Money microUsd={reservedMicroUsd} />
          </span>
        ) : (
          <Money microUsd={costMicroUsd} />
        ),
    },
    {
      id: 'expires',
      title: 'Expires',
      track: '5rem',
      align: 'right',
      hide: 'narrow',
      cell: (batch) =>
        ['running', 'finalizing'].includes(phaseOf(batch)) ? <Time at={batch.expiresAt} /> : <Absent />,
    },
    {
      id: 'provider',
      title: 'At the provider',
      track: 'minmax(6rem, 1fr)',
      hide: 'medium',
      cell: ({ providerBatchId }) =>
        providerBatchId === null ? <Absent /> : <code title={providerBatchId}>{providerBatchId}</code>,
    },
    {
      id: 'note',
      title: 'Note',
      track: 'minmax(0, 1.4fr)',
      hide: 'narrow',
      cell: (batch) => <Note batch={batch} />,
    },
    ...(onCancel === null
      ? []
      : [
          {
            id: 'act',
            title: 'Act',
            silent: true,
            track: '4.5rem',
            align: 'right',
            cell: (batch: Batch) =>
              ['running', 'finalizing'].includes(phaseOf(batch)) && batch.state !== 'cancelling' ? (
                <Button tone="quiet" onClick={() => onCancel(batch)} aria-label={`Cancel batch ${batch.n}`}>
                  Cancel…
                </Button>
              ) : null,
          } as const,
        ]),
  ]
}

function Answered({ batch }: { readonly batch: Batch }) {
  const { answered, of } = answeredOf(batch)
  const merged = batch.counts.merged ?? 0
  return (
    <span className={styles['answered']}>
      <Meter
        label={`Batch ${batch.n}`}
        total={of}
        parts={[
          { name: 'merged', value: merged, tone: 'good', text: formatCount(merged) },
          {
            name: 'answered',
            value: Math.max(0, answered - merged),
            tone: 'accent',
            text: formatCount(answered - merged),
          },
        ]}
      />
      <span className={styles['numbers']}>
        {formatCount(answered)}/{formatCount(of)}
      </span>
    </span>
  )
}

function Note({ batch: { state, reason, attempts, deliveryMode, lateAt, wait } }: { readonly batch: Batch }) {
  const now = useNow()
  const words = [
    deliveryMode === 'batch' ? '' : deliveryLabels[deliveryMode].words,
    lateAt !== null && lateAt < now && state !== 'merged' ? 'late; kept, and read when it comes' : '',
    attempts > 1 ? `attempt ${attempts}` : '',
    reason === 'completed' || reason === wait?.message ? '' : (reason ?? ''),
  ]
    .filter((word) => word !== '')
    .join(', ')
  if (words === '' && wait === null) return <Absent />
  const waiting = wait === null ? '' : `${wait.label}: ${waitWords(wait)} (${waitTimes(wait, now)})`
  return (
    <span className={styles['faint']} title={[waiting, words].filter((part) => part !== '').join('\n')}>
      {wait === null ? null : (
        <>
          <StateMark {...waitMark(wait)} words={`waits: ${wait.for}`} />{' '}
        </>
      )}
      <PlainText
        text={wait === null ? words : [waitWords(wait), words].filter((part) => part !== '').join(', ')}
      />
    </span>
  )
}
