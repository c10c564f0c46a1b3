import { useEffect, useRef, useState } from 'react'
import type { RecordDetail } from '../../../../src/server/contract/row.ts'
import { draftOf, isStructured, readDraft } from '../../answer/answer-draft.ts'
import { AnswerEditor } from '../../answer/answer-editor.tsx'
import { fieldErrorAt } from '../../answer/misfit.ts'
import { Button } from '../../design/controls/button.tsx'
import { Failure } from '../../design/states/failure.tsx'
import { Kbd } from '../../design/controls/kbd.tsx'
import styles from './judged-record.module.css'
import type { Review } from './use-review.ts'

/** Puts an answer right: the server says where it does not fit, and it goes on once it does. */
export function EditForm({
  record: { output, text, request },
  editing: { isPending, error },
  onSave,
  onBack,
}: {
  readonly record: RecordDetail
  readonly editing: Review['editing']
  readonly onSave: (output: unknown) => void
  readonly onBack: () => void
}) {
  const [draft, setDraft] = useState(() => draftOf(output, text, isStructured(request)))
  const form = useRef<HTMLFormElement>(null)
  const read = readDraft(draft)
  useEffect(() => {
    const shown = form.current
    shown?.querySelector<HTMLElement>('input, textarea')?.focus()
    const submit = (event: KeyboardEvent): void => {
      if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return
      event.preventDefault()
      shown?.requestSubmit()
    }
    shown?.addEventListener('keydown', submit)
    return () => shown?.removeEventListener('keydown', submit)
  }, [])
  const save = (): void => {
    if (read.wrong === null && !isPending) onSave(read.patch)
  }
  return (
    <form
      ref={form}
      className={styles['form']}
      aria-label="The answer as it should be"
      onSubmit={(event) => {
        event.preventDefault()
        save()
      }}
    >
      <AnswerEditor draft={draft} onChange={setDraft} wrong={read.wrong ?? fieldErrorAt(error)} />
      {error === null ? null : <Failure error={error} />}
      <p className={styles['hint']}>
        <Kbd keys="Ctrl" /> <Kbd keys="Enter" /> saves, <Kbd keys="Esc" /> leaves it as it was.
      </p>
      <div className={styles['acts']}>
        <Button tone="primary" type="submit" busy={isPending} disabled={read.wrong !== null}>
          Save and continue
        </Button>
        <Button onClick={onBack}>Back</Button>
      </div>
    </form>
  )
}
