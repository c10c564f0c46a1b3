import type { ComparedRecord, Comparison, Preference } from '../../../../../src/server/contract/compare.ts'
import { Button } from '../../../design/controls/button.tsx'
import { Failure } from '../../../design/states/failure.tsx'
import { Kbd } from '../../../design/controls/kbd.tsx'
import { formatCount } from '../../../../../src/wording/count.ts'
import { typedKey } from '../../../../../src/wording/typed-key.ts'
import { Answers } from './answers.tsx'
import { Judge } from './judge.tsx'
import styles from './record-view.module.css'

/** One record: both answers, and what is said of them. */
export function RecordView({
  record,
  comparison,
  place,
  step,
  judge,
  failure,
}: {
  readonly record: ComparedRecord
  readonly comparison: Comparison
  readonly place: { readonly at: number; readonly of: number; readonly more: boolean }
  readonly step: (by: number) => void
  readonly judge: (preference: Preference) => void
  readonly failure: Error | null
}) {
  const { at, of, more } = place
  return (
    <article className={styles['record']} aria-label={`Record ${typedKey(record.key)}`}>
      <div className={styles['bar']}>
        <div className={styles['where']}>
          <h3 className={styles['key']}>{typedKey(record.key)}</h3>
          <span className={styles['place']}>
            {formatCount(at + 1)} of {formatCount(of)}
            {more ? '+' : ''}
          </span>
          <Button tone="quiet" disabled={at === 0} onClick={() => step(-1)}>
            <Kbd keys="k" /> before
          </Button>
          <Button tone="quiet" disabled={at + 1 >= of} onClick={() => step(1)}>
            <Kbd keys="j" /> next
          </Button>
        </div>
        <Judge said={record.preference} judge={judge} />
      </div>
      {failure === null ? null : <Failure error={failure} />}
      <Answers record={record} names={{ a: comparison.a.name, b: comparison.b.name }} />
    </article>
  )
}
