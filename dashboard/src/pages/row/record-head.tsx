import type { RecordDetail } from '../../../../src/server/contract/row.ts'
import { Money, Time } from '../../design/charts/figures.tsx'
import { Facts } from '../../design/page.tsx'
import { PlainText } from '../../design/texts/plain-text.tsx'
import { StateMark } from '../../design/states/state-mark.tsx'
import { formatCount } from '../../../../src/wording/count.ts'
import { typedKey } from '../../../../src/wording/typed-key.ts'
import { outcomes } from '../../words/outcome.ts'
import { verdictWords } from '../review/verdict-words.ts'
import styles from './record-head.module.css'

/** What became of it, why, and what it cost. */
export function RecordHead({ record }: { readonly record: RecordDetail }) {
  const { outcome, reason, score, costUsd, deduplicatedInto, tries, verdict } = record
  const last = tries.at(-1)
  return (
    <div className={styles['head']}>
      <p className={styles['state']}>
        <StateMark {...outcomes[outcome]} words={outcome} />
        <span className={styles['means']}>{outcomes[outcome].words}</span>
      </p>
      {reason === null ? null : (
        <p className={styles['reason']}>
          <PlainText text={reason.slice(0, mostShown)} />
        </p>
      )}
      {deduplicatedInto === null ? null : (
        <p className={styles['means']}>
          Its request was the same as that of <bdi>{typedKey(deduplicatedInto)}</bdi>, and was paid once for
          both.
        </p>
      )}
      {verdict === null ? null : (
        <p className={styles['verdict']}>
          <StateMark {...verdictWords[verdict.verdict]} words={verdictWords[verdict.verdict].done} /> by{' '}
          <PlainText text={verdict.by} />, <Time at={verdict.at} />
          {verdict.reason === null ? null : (
            <>
              : <PlainText text={verdict.reason.slice(0, mostShown)} />
            </>
          )}
        </p>
      )}
      <Facts
        entries={[
          { name: 'Cost', value: <Money microUsd={costUsd === null ? null : costUsd * 1e6} /> },
          last === undefined || last.inputTokens === null
            ? null
            : {
                name: 'Tokens in / out',
                value: `${formatCount(last.inputTokens)} / ${last.outputTokens === null ? '–' : formatCount(last.outputTokens)}`,
              },
          score === null ? null : { name: 'Score', value: score.toFixed(2) },
          last === undefined || last.batch === null
            ? null
            : {
                name: 'Batch',
                value: last.line === null ? last.batch : `${last.batch}, line ${formatCount(last.line + 1)}`,
              },
          tries.length > 1 ? { name: 'Tries', value: tries.length } : null,
        ]}
      />
    </div>
  )
}

const mostShown = 2_000
