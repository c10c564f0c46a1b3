import { useState } from 'react'
import { useGivingVerdict } from '../../api/reviews.ts'
import { Button } from '../../design/controls/button.tsx'
import { Dialog } from '../../design/controls/dialog.tsx'
import { Failure } from '../../design/states/failure.tsx'
import { TextField } from '../../design/controls/field.tsx'
import { typedKey } from '../../../../src/wording/typed-key.ts'

/** Turns an answer down, and says why. */
export function RejectDialog({
  run,
  recordKey,
  written,
  onClose,
  onDone,
}: {
  readonly run: string
  readonly recordKey: string
  /** It is in the sink already. */
  readonly written: boolean
  readonly onClose: () => void
  readonly onDone: () => void
}) {
  const [reason, setReason] = useState('')
  const giving = useGivingVerdict(run)
  const reject = (): void =>
    giving.mutate(
      { key: recordKey, verdict: 'reject', reason: reason.trim() === '' ? null : reason.trim() },
      { onSuccess: onDone },
    )
  return (
    <Dialog
      title={`Reject ${typedKey(recordKey)}`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Leave it</Button>
          <Button tone="danger" busy={giving.isPending} onClick={reject}>
            Reject
          </Button>
        </>
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          reject()
        }}
      >
        <TextField
          label="Why"
          maxLength={2_000}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
          hint="It is kept with the verdict; it may stay empty."
        />
      </form>
      <p>
        {written
          ? 'It is noted, and counts for what was accepted. What is written stays.'
          : 'It is not written, and not asked again until its record changes or somebody retries it.'}
      </p>
      {giving.isError ? <Failure error={giving.error} /> : null}
    </Dialog>
  )
}
