import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import type { Job } from '../../../../src/server/contract/job.ts'
import type { Selection } from '../../../../src/server/contract/plan.ts'
import { planJob } from '../../api/run-acts.ts'
import { Button } from '../../design/controls/button.tsx'
import { Loading } from '../../design/states/empty.tsx'
import { Failure } from '../../design/states/failure.tsx'
import { useMay } from '../../shell/session.tsx'
import { Agreeing } from './agreeing.tsx'
import { paramFields } from './param-fields.ts'
import { ParamInputs } from './param-inputs.tsx'
import { PlanLines } from './plan-lines.tsx'
import { firstWish, readWish } from './selection-wish.ts'
import { SelectionInputs } from './selection-inputs.tsx'
import styles from './new-run-page.module.css'

/** What is to be run, its plan, and the amount that it may cost. */
export function Preparing({ job }: { readonly job: Job }) {
  const fields = paramFields(job.params)
  const [texts, setTexts] = useState<Readonly<Record<string, string>>>({})
  const [wish, setWish] = useState(firstWish)
  const may = useMay('run')
  const { selection, wrong } = readWish(fields, texts, wish)
  const planning = useMutation({ mutationFn: (wanted: Selection) => planJob(job.name, wanted) })
  // A plan holds for what it was made for.
  const wanted = JSON.stringify(selection)
  const [plannedFor, setPlannedFor] = useState<string | null>(null)
  const planAs = (asked: Selection): void => {
    setPlannedFor(JSON.stringify(asked))
    planning.mutate(asked)
  }
  const plan = (event: FormEvent): void => {
    event.preventDefault()
    planAs(selection)
  }
  const askAgain = (): void => {
    const again = { ...wish, redo: true }
    setWish(again)
    planAs(readWish(fields, texts, again).selection)
  }
  const old = plannedFor !== wanted
  return (
    <>
      <form className={styles['form']} onSubmit={plan}>
        <ParamInputs
          fields={fields}
          texts={texts}
          wrong={plannedFor === null ? {} : wrong}
          onChange={(name, text) => setTexts({ ...texts, [name]: text })}
        />
        <SelectionInputs wish={wish} wrong={wrong} onChange={setWish} />
        <div>
          <Button
            type="submit"
            tone={planning.data === undefined || old ? 'primary' : 'plain'}
            busy={planning.isPending}
            disabled={!may || Object.keys(wrong).length > 0}
            title={may ? undefined : 'This key may only read'}
          >
            {planning.data === undefined ? 'Plan' : 'Plan again'}
          </Button>
        </div>
      </form>
      {planning.isPending ? <Loading rows={6} /> : null}
      {planning.isError && !planning.isPending ? <Failure error={planning.error} /> : null}
      {planning.data === undefined || planning.isPending ? null : (
        <section className={styles['plan']} aria-label="Plan">
          <div className={old ? styles['old'] : undefined}>
            <PlanLines made={planning.data} onAskAgain={askAgain} />
          </div>
          {old ? (
            <p role="status">This plan was made for other choices. Plan again to run.</p>
          ) : (
            <Agreeing key={planning.data.planId} made={planning.data} selection={selection} />
          )}
        </section>
      )}
    </>
  )
}
