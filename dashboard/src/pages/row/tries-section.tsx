import type { RecordDetail } from '../../../../src/server/contract/row.ts'
import { Absent, Count, Money, Time } from '../../design/charts/figures.tsx'
import { Section } from '../../design/page.tsx'
import { PlainText } from '../../design/texts/plain-text.tsx'
import { StateMark } from '../../design/states/state-mark.tsx'
import { LongText } from '../../design/texts/long-text.tsx'
import { formatCount } from '../../../../src/wording/count.ts'
import { deliveryLabels } from '../../../../src/wording/delivery-labels.ts'
import { outcomes } from '../../words/outcome.ts'
import styles from './tries-section.module.css'

/** Every time that it was asked: with what came of it, and what it cost. */
export function TriesSection({ record: { tries } }: { readonly record: RecordDetail }) {
  return (
    <Section title={tries.length > 1 ? `${tries.length} tries` : 'Tries'}>
      {tries.length === 0 ? <p className={styles['soft']}>It was not sent.</p> : null}
      <ol className={styles['tries']}>
        {tries.toReversed().map((tried, at) => (
          <li key={tried.n} className={styles['try']}>
            <div className={styles['line']}>
              <span className={styles['n']}>try {tried.n}</span>
              <StateMark {...outcomes[tried.outcome]} words={tried.outcome} />
              <span className={styles['soft']}>
                {tried.deliveryMode === null ? 'not sent yet' : deliveryLabels[tried.deliveryMode].words}
                {tried.at === null ? null : (
                  <>
                    , <Time at={tried.at} clock />
                  </>
                )}
              </span>
            </div>
            {tried.reason === null ? null : (
              <p className={styles['reason']}>
                <PlainText text={tried.reason.slice(0, mostShown)} />
              </p>
            )}
            <dl className={styles['figures']}>
              <div>
                <dt>Batch</dt>
                <dd>
                  {tried.batch ?? <Absent />}
                  {tried.line === null ? null : `, line ${formatCount(tried.line + 1)}`}
                </dd>
              </div>
              <div>
                <dt>Tokens in</dt>
                <dd>
                  <Count value={tried.inputTokens} />
                </dd>
              </div>
              <div>
                <dt>Tokens out</dt>
                <dd>
                  <Count value={tried.outputTokens} />
                </dd>
              </div>
              <div>
                <dt>Cost</dt>
                <dd>
                  <Money microUsd={tried.costUsd === null ? null : tried.costUsd * 1e6} />
                </dd>
              </div>
              {tried.providerBatchId === null ? null : (
                <div className={styles['id']}>
                  <dt>At the provider</dt>
                  <dd>
                    <code title={tried.providerBatchId}>{tried.providerBatchId}</code>
                  </dd>
                </div>
              )}
            </dl>
            {at > 0 && tried.text !== null ? (
              <details>
                <summary>What came back then</summary>
                <LongText text={tried.text} what="that answer" />
              </details>
            ) : null}
          </li>
        ))}
      </ol>
    </Section>
  )
}

const mostShown = 2_000
