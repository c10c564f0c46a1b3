import { useEffect, useRef, useState } from 'react'
import { Button } from '../../design/controls/button.tsx'
import { Field } from '../../design/controls/field.tsx'
import styles from './judged-record.module.css'

const longestReason = 2_000

/** Turns an answer down: Enter does it, with a reason or without. */
export function RejectForm({
  onReject,
  onBack,
}: {
  readonly onReject: (reason: string | null) => void
  readonly onBack: () => void
}) {
  const [reason, setReason] = useState('')
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => input.current?.focus(), [])
  return (
    <form
      className={styles['form']}
      onSubmit={(event) => {
        event.preventDefault()
        onReject(reason.trim() === '' ? null : reason.trim())
      }}
    >
      <Field label="Why it is rejected" hint="It may stay empty.">
        {(wiring) => (
          <input
            {...wiring}
            ref={input}
            type="text"
            autoComplete="off"
            maxLength={longestReason}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
          />
        )}
      </Field>
      <div className={styles['acts']}>
        <Button tone="danger" type="submit">
          Reject
        </Button>
        <Button onClick={onBack}>Back</Button>
      </div>
    </form>
  )
}
