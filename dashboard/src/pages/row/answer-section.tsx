import { useMemo, useState } from 'react'
import type { RecordDetail } from '../../../../src/server/contract/row.ts'
import { JsonView } from '../../design/texts/json-view.tsx'
import { LongText } from '../../design/texts/long-text.tsx'
import { Section } from '../../design/page.tsx'
import { Segments } from '../../design/charts/segments.tsx'
import { ValueList } from '../../design/tables/value-list.tsx'
import styles from './record-view.module.css'
import { parseExactJson } from '../../format/exact-json.ts'

type Look = 'parsed' | 'fields' | 'text' | 'raw'

/** What came back: as the job reads it, as the model wrote it, and as the provider sent it. */
export function AnswerSection({ record }: { readonly record: RecordDetail }) {
  const { output, text, answer, outcome } = record
  const fields = useMemo(() => (output === null ? jsonIn(text) : null), [output, text])
  const looks = [
    ...(output === null ? [] : [{ value: 'parsed', words: 'parsed' } as const]),
    ...(fields === null ? [] : [{ value: 'fields', words: 'as JSON' } as const]),
    ...(text === null ? [] : [{ value: 'text', words: 'as written' } as const]),
    ...(answer === null ? [] : [{ value: 'raw', words: 'raw line' } as const]),
  ]
  const [chosen, setChosen] = useState<Look | null>(null)
  const look = looks.some(({ value }) => value === chosen) ? chosen : (looks[0]?.value ?? null)
  return (
    <Section
      title="Answer"
      aside={
        looks.length > 1 ? (
          <Segments label="How the answer is shown" value={look} choices={looks} onChoose={setChosen} />
        ) : null
      }
    >
      {look === null ? (
        <p className={styles['note']}>
          {outcome === 'pending' ? 'None yet.' : 'None came back, or its file was cleaned up.'}
        </p>
      ) : look === 'parsed' ? (
        <ValueList value={output} />
      ) : look === 'fields' ? (
        <ValueList value={fields} />
      ) : look === 'text' ? (
        <LongText text={text ?? ''} what="the answer" />
      ) : (
        <JsonView value={answer} open={6} />
      )}
      {output === null && text !== null && look !== 'raw' ? (
        <p className={styles['note']}>It was not accepted: this is what the model wrote.</p>
      ) : null}
    </Section>
  )
}

/** The object that a text is; null: it is none. */
function jsonIn(text: string | null): object | null {
  if (text === null || !text.trimStart().startsWith('{')) return null
  try {
    const value: unknown = parseExactJson(text)
    return typeof value === 'object' ? value : null
  } catch {
    return null
  }
}
