import type { Batch } from '../../../../src/server/contract/run.ts'
import { formatCount } from '../../../../src/wording/count.ts'
import { batchPhases } from '../../words/batch-phase.ts'
import { phaseOf } from '../../../../src/wording/batch-phase.ts'
import { deliveryLabels } from '../../../../src/wording/delivery-labels.ts'
import { presentOutcomes } from '../../words/outcome.ts'
import { Bytes, Money, Time } from './figures.tsx'
import { PlainText } from '../texts/plain-text.tsx'
import { StateMark } from '../states/state-mark.tsx'

/** How many of a batch's requests are answered, as far as anybody says. */
export function answeredOf({ requests, counts, remote, state }: Batch): {
  readonly answered: number
  readonly of: number
} {
  const judged = Object.values(counts).reduce((sum, count) => sum + count, 0)
  const told = remote.completed + remote.failed
  return { answered: state === 'merged' ? judged : Math.max(judged, told), of: Math.max(requests, judged) }
}

/** One batch in a few lines. */
export function BatchTip({ batch }: { readonly batch: Batch }) {
  const { n, state, reason, deliveryMode, bytes, attempts, providerBatchId, expiresAt } = batch
  const { answered, of } = answeredOf(batch)
  const phase = batchPhases[phaseOf(batch)]
  const outcomes = presentOutcomes(batch.counts)
  return (
    <>
      <b>Batch {n}</b> · <StateMark {...phase} />
      {phase.words === state ? null : ` · ${state.replaceAll('_', ' ')}`}
      <dl>
        <dt>Answered</dt>
        <dd>
          {formatCount(answered)} of {formatCount(of)}
        </dd>
        {outcomes.length === 0 ? null : (
          <>
            <dt>Outcomes</dt>
            <dd>{outcomes.map(({ outcome, count }) => `${formatCount(count)} ${outcome}`).join(', ')}</dd>
          </>
        )}
        <dt>Size</dt>
        <dd>
          <Bytes value={bytes} />
          {deliveryMode === 'batch' ? null : `, ${deliveryLabels[deliveryMode].words}`}
          {attempts > 1 ? `, attempt ${attempts}` : null}
        </dd>
        <dt>Cost</dt>
        <dd>
          <Money microUsd={batch.costMicroUsd} />
          {batch.reservedMicroUsd > 0 ? (
            <>
              {' '}
              and <Money microUsd={batch.reservedMicroUsd} /> reserved
            </>
          ) : null}
        </dd>
        {expiresAt === null || phaseOf(batch) === 'done' ? null : (
          <>
            <dt>Expires</dt>
            <dd>
              <Time at={expiresAt} />
            </dd>
          </>
        )}
        {batch.wait === null ? null : (
          <>
            <dt>Waits</dt>
            <dd>
              {batch.wait.label}
              {batch.wait.message === '' ? null : (
                <>
                  : <PlainText text={batch.wait.message} />
                </>
              )}
            </dd>
          </>
        )}
        {reason === null || reason === 'completed' || reason === batch.wait?.message ? null : (
          <>
            <dt>Note</dt>
            <dd>
              <PlainText text={reason} />
            </dd>
          </>
        )}
        {batch.accountName === null ? null : (
          <>
            <dt>Account</dt>
            <dd>{batch.accountName}</dd>
          </>
        )}
        {providerBatchId === null ? null : (
          <>
            <dt>Id</dt>
            <dd>{providerBatchId}</dd>
          </>
        )}
      </dl>
    </>
  )
}
