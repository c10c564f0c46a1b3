import { useMemo } from 'react'
import type { ComparedRecord } from '../../../../../src/server/contract/compare.ts'
import { classes } from '../../../design/classes.ts'
import { Absent } from '../../../design/charts/figures.tsx'
import { PlainText } from '../../../design/texts/plain-text.tsx'
import { TextDiff } from '../../../design/texts/text-diff.tsx'
import { type AlignedField, alignedFields } from './json-fields.ts'
import styles from './answers.module.css'

interface Names {
  readonly a: string
  readonly b: string
}

/** Both answers beside each other: JSON field by field, prose as it is; what differs is marked word by word. */
export function Answers({ record, names }: { readonly record: ComparedRecord; readonly names: Names }) {
  const { a, b, scoreA, scoreB } = record
  const fields = useMemo(() => alignedFields(a, b), [a, b])
  return (
    <>
      {a === b ? <p className={styles['note']}>Both answers are the same.</p> : null}
      <div className={classes(styles['answers'], fields !== null && styles['named'])}>
        {fields === null ? null : <div className={styles['corner']} />}
        <Head letter="A" name={names.a} score={scoreA} />
        <Head letter="B" name={names.b} score={scoreB} />
        {fields === null ? (
          <>
            <Side letter="A">
              <TextDiff before={a} after={b} side="before" />
            </Side>
            <Side letter="B">
              <TextDiff before={a} after={b} side="after" />
            </Side>
          </>
        ) : (
          fields.map((field) => <Field key={field.name} field={field} />)
        )}
      </div>
    </>
  )
}

function Head({
  letter,
  name,
  score,
}: {
  readonly letter: string
  readonly name: string
  readonly score: number | null
}) {
  return (
    <div className={styles['head']}>
      <b>{letter}</b> <span className={styles['name']}>{name}</span>
      {score === null ? null : <span className={styles['score']}>score {score.toFixed(3)}</span>}
    </div>
  )
}

function Side({ letter, children }: { readonly letter: string; readonly children: React.ReactNode }) {
  return (
    <div className={styles['side']}>
      <span className={styles['letter']}>{letter}</span>
      {children}
    </div>
  )
}

function Field({ field: { name, a, b, whole } }: { readonly field: AlignedField }) {
  const same = a === b
  return (
    <>
      <div className={classes(styles['field'], same && styles['same'])}>
        <PlainText text={name} />
        {same ? null : <span className="said">, differs</span>}
      </div>
      <Side letter="A">
        {a === null ? <Absent /> : <TextDiff before={a} after={b ?? ''} side="before" whole={whole} />}
      </Side>
      <Side letter="B">
        {b === null ? <Absent /> : <TextDiff before={a ?? ''} after={b} side="after" whole={whole} />}
      </Side>
    </>
  )
}
