import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { login } from '../../api/session.ts'
import { Button } from '../../design/controls/button.tsx'
import { CliLines } from '../../design/controls/cli-line.tsx'
import { Failure } from '../../design/states/failure.tsx'
import { TextField } from '../../design/controls/field.tsx'
import { useTitle } from '../../design/page.tsx'
import { Mark } from '../../shell/mark.tsx'
import styles from './login-page.module.css'

/** The locked door: the link of the terminal opens it, or a key. The address stays, and is shown once it is open. */
export function LoginPage() {
  const [key, setKey] = useState('')
  const cache = useQueryClient()
  const entering = useMutation({
    mutationFn: login,
    onSuccess: () => cache.resetQueries(),
  })
  useTitle('Log in')
  const enter = (event: FormEvent): void => {
    event.preventDefault()
    if (key.trim() !== '') entering.mutate({ key: key.trim() })
  }
  return (
    <main className={styles['door']}>
      <div className={styles['brand']}>
        <Mark />
        Offpeak
      </div>
      <div className={styles['words']}>
        <h1>Open this dashboard</h1>
        <p>
          Open the link that the terminal printed when the server began: it lets this browser in. A link that
          was printed before still works.
        </p>
      </div>
      <form onSubmit={enter} className={styles['form']}>
        <TextField
          label="Or paste a key"
          type="password"
          name="key"
          placeholder="op_live_…"
          value={key}
          onChange={(event) => setKey(event.target.value)}
        />
        <Button tone="primary" type="submit" busy={entering.isPending} disabled={key.trim() === ''}>
          Log in
        </Button>
      </form>
      {entering.isError ? <Failure error={entering.error} /> : null}
      <CliLines
        lines={[
          { words: 'Start the server', command: 'offpeak serve' },
          { words: 'Make a key', command: 'offpeak keys add laptop --scope run' },
        ]}
      />
    </main>
  )
}
