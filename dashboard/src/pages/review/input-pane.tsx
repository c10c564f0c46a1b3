import type { ReactNode } from 'react'
import type { RecordDetail } from '../../../../src/server/contract/row.ts'
import { JsonView } from '../../design/texts/json-view.tsx'
import { LongText } from '../../design/texts/long-text.tsx'
import { PlainText } from '../../design/texts/plain-text.tsx'
import { ValueList } from '../../design/tables/value-list.tsx'
import { useWindowWidth } from '../../design/window-width.ts'
import { joinPhrases } from '../prompt/spoken-parts.ts'
import styles from './input-pane.module.css'

const narrow = 768

/** What went in: the row, and the prompt made of it. On a narrow window it is folded away. */
export function InputPane({ record }: { readonly record: RecordDetail }) {
  const folded = useWindowWidth() < narrow
  const inside = (
    <div className={styles['inside']}>
      {record.row === null ? null : (
        <Part title="Row">
          <ValueList value={record.row} />
        </Part>
      )}
      <Prompt request={record.request} />
    </div>
  )
  if (folded)
    return (
      <details className={styles['fold']}>
        <summary>Input</summary>
        {inside}
      </details>
    )
  return (
    <section aria-label="Input" className={styles['pane']}>
      <h3>Input</h3>
      {inside}
    </section>
  )
}

function Prompt({ request }: { readonly request: unknown }) {
  if (request === null || request === undefined)
    return <p className={styles['note']}>The request is not kept: its file was cleaned up.</p>
  const { parts, rest } = joinPhrases(request)
  return (
    <>
      {parts.map(({ name, text }, at) => (
        // Several parts may have one name; their order is fixed.
        <Part key={at} title={`Prompt, ${name.toLowerCase()}`}>
          <LongText text={text} what={`the ${name} part`} />
        </Part>
      ))}
      {rest === null ? null : (
        <details className={styles['rest']}>
          <summary>The rest of the request</summary>
          <JsonView value={rest} open={2} />
        </details>
      )}
    </>
  )
}

function Part({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <div className={styles['part']}>
      <h4>
        <PlainText text={title} />
      </h4>
      {children}
    </div>
  )
}
