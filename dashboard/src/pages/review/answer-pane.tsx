import { useState } from 'react'
import type { RecordDetail } from '../../../../src/server/contract/row.ts'
import { JsonView } from '../../design/texts/json-view.tsx'
import { LongText } from '../../design/texts/long-text.tsx'
import { Segments } from '../../design/charts/segments.tsx'
import { ValueList } from '../../design/tables/value-list.tsx'
import { parsed } from '../../answer/answer-draft.ts'
import styles from './judged-record.module.css'

type Look = 'fields' | 'text' | 'raw'

/** What came back, field by field where it is JSON; as it was written, or as it was sent, on demand. */
export function AnswerPane({ record: { output, text, answer } }: { readonly record: RecordDetail }) {
  const [chosen, setChosen] = useState<Look | null>(null)
  const value = output ?? parsed(text) ?? null
  const looks = [
    ...(value === null ? [] : [{ value: 'fields', words: 'fields' } as const]),
    ...(text === null ? [] : [{ value: 'text', words: 'as written' } as const]),
    ...(answer === null ? [] : [{ value: 'raw', words: 'raw line' } as const]),
  ]
  const wanted = looks.some((look) => look.value === chosen) ? chosen : null
  // A line of the provider is no answer to read: it is there for whoever asks for it.
  const shown = wanted ?? looks.find((look) => look.value !== 'raw')?.value ?? null
  return (
    <section aria-label="Answer" className={styles['section']}>
      <div className={styles['head']}>
        <h3>Answer</h3>
        {looks.length > 1 || shown === null ? (
          <Segments label="How the answer is shown" value={shown} choices={looks} onChoose={setChosen} />
        ) : null}
      </div>
      {shown === null ? (
        <p className={styles['note']}>
          {answer === null
            ? 'The answer is not kept: its file was cleaned up.'
            : 'The model has written nothing.'}
        </p>
      ) : shown === 'fields' ? (
        <ValueList value={value} />
      ) : shown === 'text' ? (
        <LongText text={text ?? ''} what="the answer" />
      ) : (
        <JsonView value={answer} open={4} />
      )}
    </section>
  )
}
