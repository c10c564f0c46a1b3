import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Repeats } from '../../api/repeats.ts'
import { resumeRun } from '../../api/run-acts.ts'
import { runKey } from '../../api/runs.ts'
import { Button } from '../../design/controls/button.tsx'
import { Failure } from '../../design/states/failure.tsx'
import { useMay } from '../../shell/session.tsx'
import styles from './run-page.module.css'

/** One way to let a paused run go on that costs nothing by itself. */
interface PauseAct {
  readonly words: string
  readonly wish: { readonly accept?: boolean; readonly today?: boolean }
}

/** What a person decides about a run that is paused, each a button where it is read. */
export function PauseActs({ run, acts }: { readonly run: string; readonly acts: readonly PauseAct[] }) {
  const may = useMay('run')
  const cache = useQueryClient()
  const [repeats] = useState(() => new Repeats())
  const resuming = useMutation({
    mutationFn: (wish: PauseAct['wish']) =>
      repeats.once(wish, (repeatKey) => resumeRun(run, { ...wish, repeatKey })),
    onSettled: () => cache.invalidateQueries({ queryKey: runKey(run) }),
  })
  return (
    <div className={styles['pauseActs']}>
      {acts.map(({ words, wish }) => (
        <Button
          key={words}
          disabled={!may}
          title={may ? undefined : 'This key may only read'}
          busy={resuming.isPending}
          onClick={() => resuming.mutate(wish)}
        >
          {words}
        </Button>
      ))}
      {resuming.isError ? <Failure error={resuming.error} /> : null}
    </div>
  )
}
