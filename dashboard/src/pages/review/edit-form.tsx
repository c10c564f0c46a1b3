import { useEffect, useRef, useState } from 'react'
import type { RecordDetail } from '../../../../src/server/contract/row.ts'
import { problemOf } from '../../api/problem.ts'
import { Button } from '../../design/button.tsx'
import { Failure } from '../../design/failure.tsx'
import { Field } from '../../design/field.tsx'
import { Kbd } from '../../design/kbd.tsx'
import { visibleLine } from '../../format/visible.ts'
import { editable, readEdited } from './editable.ts'
import styles from './judged-record.module.css'
import type { Review } from './use-review.ts'

const fewestLines = 8
const mostLines = 26

/** Puts an answer right: the server says where it does not fit, and it goes on once it does. */
export function EditForm({
  record,
  editing: { isPending, error, reset },
  onSave,
  onBack,
}: {
  readonly record: RecordDetail
  readonly editing: Review['editing']
  readonly onSave: (output: unknown) => void
  readonly onBack: () => void
}) {
  const [begun] = useState(() => editable(record))
  const [text, setText] = useState(begun.text)
  const [wrong, setWrong] = useState<string | null>(null)
  const area = useRef<HTMLTextAreaElement>(null)
  useEffect(() => {
    area.current?.focus()
    area.current?.setSelectionRange(0, 0)
  }, [])
  const save = (): void => {
    const read = readEdited(begun.kind, text)
    setWrong(read.wrong)
    if (read.wrong === null) onSave(read.output)
    else reset()
  }
  const misfit = error === null ? null : misfitWords(error)
  return (
    <form
      className={styles['form']}
      onSubmit={(event) => {
        event.preventDefault()
        save()
      }}
    >
      <Field
        label={begun.kind === 'json' ? 'The answer as it should be, as JSON' : 'The answer as it should be'}
        error={wrong ?? misfit}
        hint={
          <>
            <Kbd keys="Ctrl" /> <Kbd keys="Enter" /> saves, <Kbd keys="Esc" /> leaves it as it was.
          </>
        }
      >
        {(wiring) => (
          <textarea
            {...wiring}
            ref={area}
            rows={Math.max(fewestLines, Math.min(mostLines, begun.text.split('\n').length + 1))}
            spellCheck={begun.kind === 'text'}
            value={text}
            onChange={(event) => setText(event.target.value)}
            onKeyDown={(event) => {
              if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return
              event.preventDefault()
              if (!isPending) save()
            }}
          />
        )}
      </Field>
      {error !== null && misfit === null ? <Failure error={error} /> : null}
      <div className={styles['acts']}>
        <Button tone="primary" type="submit" busy={isPending}>
          Save and go on
        </Button>
        <Button onClick={onBack}>Back</Button>
      </div>
    </form>
  )
}

/** Where an output does not fit, and how; null: that is not what is wrong. */
function misfitWords(error: Error): string | null {
  const { code, detail, where, fix } = problemOf(error)
  if (code !== 'E_SCHEMA') return null
  return visibleLine(`${where === null ? '' : `${where}: `}${detail}${fix === null ? '' : `; ${fix}`}`)
}
