import { useState } from 'react'
import type { RecordDetail } from '../../../../src/server/contract/row.ts'
import { CopyButton } from '../../design/controls/copy-button.tsx'
import { JsonView } from '../../design/texts/json-view.tsx'
import { LongText } from '../../design/texts/long-text.tsx'
import { Section } from '../../design/page.tsx'
import { Segments } from '../../design/charts/segments.tsx'
import { PlainText } from '../../design/texts/plain-text.tsx'
import { joinPhrases } from '../prompt/spoken-parts.ts'
import { curlOf } from './curl-of.ts'
import styles from './prompt-section.module.css'

/** What was asked: the messages for reading, and the body as it was sent. */
export function PromptSection({
  record: { request },
  provider,
}: {
  readonly record: RecordDetail
  readonly provider: string
}) {
  const [look, setLook] = useState<'said' | 'raw'>('said')
  if (request === null)
    return (
      <Section title="Prompt">
        <p className={styles['note']}>Nothing was sent, or the file of the request was cleaned up.</p>
      </Section>
    )
  const { parts, rest } = joinPhrases(request)
  const curl = curlOf(request, provider)
  return (
    <Section
      title="Prompt"
      aside={
        <Segments
          label="How the prompt is shown"
          value={look}
          choices={[
            { value: 'said', words: 'messages' },
            { value: 'raw', words: 'raw' },
          ]}
          onChoose={setLook}
        />
      }
    >
      {look === 'raw' ? (
        <JsonView value={request} open={3} />
      ) : (
        <>
          {parts.map(({ name, text }, at) => (
            // Several parts may have one name; their order is fixed.
            <div key={at} className={styles['said']}>
              <h3>
                <PlainText text={name} />
              </h3>
              <LongText text={text} what={`the ${name} part`} />
            </div>
          ))}
          {rest === null ? null : (
            <div className={styles['said']}>
              <h3>The rest of it</h3>
              <JsonView value={rest} open={1} />
            </div>
          )}
        </>
      )}
      {curl === null ? null : (
        <p className={styles['note']}>
          As curl, which asks immediately and at full price:{' '}
          <CopyButton text={curl} what="the request as curl" />
        </p>
      )}
    </Section>
  )
}
