import type { RecordDetail } from '../../../../src/server/contract/row.ts'
import { Section } from '../../design/page.tsx'
import { PlainText } from '../../design/texts/plain-text.tsx'
import { StateMark } from '../../design/states/state-mark.tsx'
import { TextDiff } from '../../design/texts/text-diff.tsx'
import { ValueView } from '../../design/tables/value-list.tsx'
import styles from './written-section.module.css'

type Field = NonNullable<RecordDetail['written']>['fields'][number]

/** What was written, or would be, beside what the row had. */
export function WrittenSection({ record: { written, outcome } }: { readonly record: RecordDetail }) {
  if (written === null)
    return (
      <Section title="Written">
        <p className={styles['note']}>
          {outcome === 'pending'
            ? 'Nothing yet.'
            : outcome === 'merged'
              ? 'It was written. What was written can be shown only while the answer and the job file are there.'
              : 'Nothing: no answer that could be written, or it is not kept any more.'}
        </p>
      </Section>
    )
  const { done, sink, fields } = written
  return (
    <Section title={done ? 'Written' : 'Would be written'}>
      <p className={styles['note']}>
        {done ? (
          <StateMark shape="check" tone="good" words="done:" />
        ) : (
          <StateMark shape="dots" tone="faint" words="if it is accepted:" />
        )}{' '}
        <PlainText text={sink} />
      </p>
      <div role="table" aria-label="Before and after" className={styles['fields']}>
        <div role="rowgroup">
          <div role="row" className={styles['head']}>
            <span role="columnheader">Field</span>
            <span role="columnheader">Before, in the row</span>
            <span role="columnheader">{done ? 'After' : 'After it would be'}</span>
          </div>
        </div>
        <div role="rowgroup">
          {fields.map((field) => (
            <FieldLine key={field.name} field={field} />
          ))}
        </div>
      </div>
    </Section>
  )
}

function FieldLine({ field }: { readonly field: Field }) {
  const { name, after } = field
  const had = 'before' in field
  const { before } = field
  const same = had && JSON.stringify(before) === JSON.stringify(after)
  const both = isDiffable(before) && isDiffable(after) && before !== '' && !same
  return (
    <div role="row" className={styles['field']}>
      <span role="rowheader" className={styles['name']}>
        <PlainText text={name} />
      </span>
      <div role="cell" data-title="before">
        {!had ? (
          <span className={styles['none']}>no such field</span>
        ) : both ? (
          <TextDiff before={before} after={after} side="before" />
        ) : (
          <ValueView value={before} name={name} />
        )}
      </div>
      <div role="cell" data-title="after">
        {same ? (
          <span className={styles['none']}>the same</span>
        ) : both ? (
          <TextDiff before={before} after={after} side="after" />
        ) : (
          <ValueView value={after} name={name} />
        )}
      </div>
    </div>
  )
}

/** Longer texts are told apart by reading them. */
const mostDiffed = 12_000

function isDiffable(value: unknown): value is string {
  return typeof value === 'string' && value.length <= mostDiffed
}
