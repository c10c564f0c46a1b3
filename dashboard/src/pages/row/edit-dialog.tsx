import { useEffect, useRef, useState } from 'react'
import type { RecordDetail } from '../../../../src/server/contract/row.ts'
import { useGivingVerdict } from '../../api/reviews.ts'
import { Button } from '../../design/controls/button.tsx'
import { Dialog } from '../../design/controls/dialog.tsx'
import { Failure } from '../../design/states/failure.tsx'
import { typedKey } from '../../../../src/wording/typed-key.ts'
import { draftOf, isStructured, readDraft } from '../../answer/answer-draft.ts'
import { fieldErrorAt } from '../../answer/misfit.ts'
import { AnswerEditor } from '../../answer/answer-editor.tsx'

/** Another output in the place of an answer; the server says whether it fits. */
export function EditDialog({
  record: { run, key, output, text, request, written },
  onClose,
  onDone,
}: {
  readonly record: RecordDetail
  readonly onClose: () => void
  readonly onDone: () => void
}) {
  const [draft, setDraft] = useState(() => draftOf(output, text, isStructured(request)))
  const giving = useGivingVerdict(run)
  const read = readDraft(draft)
  const refusal = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (giving.error !== null) refusal.current?.scrollIntoView({ block: 'nearest' })
  }, [giving.error])
  const save = (): void => {
    if (read.wrong !== null) return
    giving.mutate({ key, verdict: 'edit', patch: read.patch }, { onSuccess: onDone })
  }
  return (
    <Dialog
      title={`Edit ${typedKey(key)}`}
      wide
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Leave it</Button>
          <Button tone="primary" busy={giving.isPending} disabled={read.wrong !== null} onClick={save}>
            {written === null ? 'Accept the edit' : 'Accept the edit and write it'}
          </Button>
        </>
      }
    >
      <AnswerEditor draft={draft} onChange={setDraft} wrong={read.wrong ?? fieldErrorAt(giving.error)} />
      <div ref={refusal}>{giving.isError ? <Failure error={giving.error} /> : null}</div>
    </Dialog>
  )
}
