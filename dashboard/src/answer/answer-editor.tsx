import { useState } from 'react'
import { Button } from '../design/controls/button.tsx'
import { CheckField, Field } from '../design/controls/field.tsx'
import { visibleLine, visiblePieces } from '../format/visible.ts'
import { type Draft, type DraftField, jsonDraft, readDraft } from './answer-draft.ts'
import styles from './answer-editor.module.css'

interface AnswerEditorProps {
  readonly draft: Draft
  readonly onChange: (draft: Draft) => void
  /** What is wrong with which field; null: nothing that could be seen here. */
  readonly wrong: { readonly name: string; readonly message: string } | null
}

/** An answer to be edited: field by field, or all of it as JSON. */
export function AnswerEditor({ draft, onChange, wrong }: AnswerEditorProps) {
  if (draft.kind === 'text')
    return (
      <AreaField
        label="Answer"
        typed={draft.typed}
        wrong={wrong?.message ?? null}
        onType={(typed) => onChange({ kind: 'text', typed })}
      />
    )
  if (draft.kind === 'json')
    return (
      <AreaField
        label="Answer, as JSON"
        mono
        typed={draft.typed}
        wrong={wrong?.message ?? null}
        onType={(typed) => onChange({ kind: 'json', typed })}
      />
    )
  const put = (name: string, typed: string): void =>
    onChange({
      kind: 'fields',
      fields: draft.fields.map((field) => (field.name === name ? { ...field, typed } : field)),
    })
  const asJson = (): void => {
    const read = readDraft(draft)
    if (read.wrong === null) onChange(jsonDraft(read.patch))
  }
  return (
    <div className={styles['form']}>
      {draft.fields.map((field) => (
        <FieldEditor
          key={field.name}
          field={field}
          wrong={wrong?.name === field.name ? wrong.message : null}
          onType={(typed) => put(field.name, typed)}
        />
      ))}
      <div>
        <Button tone="quiet" disabled={readDraft(draft).wrong !== null} onClick={asJson}>
          Edit all of it as JSON
        </Button>
      </div>
    </div>
  )
}

function FieldEditor({
  field: { name, kind, typed },
  wrong,
  onType,
}: {
  readonly field: DraftField
  readonly wrong: string | null
  readonly onType: (typed: string) => void
}) {
  const label = visibleLine(name)
  if (kind === 'flag')
    return (
      <CheckField label={label} checked={typed === 'true'} onCheck={(checked) => onType(String(checked))} />
    )
  if (kind === 'number')
    return (
      <Field label={label} error={wrong}>
        {(wiring) => (
          <input
            type="text"
            inputMode="decimal"
            autoComplete="off"
            value={typed}
            onChange={(event) => onType(event.target.value)}
            {...wiring}
          />
        )}
      </Field>
    )
  return (
    <AreaField
      label={kind === 'json' ? `${label}, as JSON` : label}
      mono={kind === 'json'}
      typed={typed}
      wrong={wrong}
      onType={onType}
    />
  )
}

const mostLines = 14
const lineLength = 80

function AreaField({
  label,
  typed,
  wrong,
  mono = false,
  onType,
}: {
  readonly label: string
  readonly typed: string
  readonly wrong: string | null
  readonly mono?: boolean
  readonly onType: (typed: string) => void
}) {
  // As tall as it begins, so that it does not move under the hand.
  const [lines] = useState(() => linesOf(typed))
  const [hidden] = useState(() => visiblePieces(typed).filter((piece) => piece.hidden).length)
  return (
    <Field
      label={label}
      error={wrong}
      {...(hidden === 0
        ? {}
        : { hint: `It has ${hidden} ${hidden === 1 ? 'character' : 'characters'} that nobody sees.` })}
    >
      {({ className, ...wiring }) => (
        <textarea
          rows={lines}
          spellCheck={!mono}
          value={typed}
          onChange={(event) => onType(event.target.value)}
          {...wiring}
          className={`${className ?? ''} ${styles[mono ? 'mono' : 'prose'] ?? ''}`}
        />
      )}
    </Field>
  )
}

function linesOf(text: string): number {
  const start = text.slice(0, mostLines * lineLength)
  const lines = start.split('\n').reduce((sum, line) => sum + 1 + Math.floor(line.length / lineLength), 0)
  return Math.max(1, Math.min(mostLines, lines))
}
