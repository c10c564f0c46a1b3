import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import type { MadePlan, Selection } from '../../../../src/server/contract/plan.ts'
import { Repeats } from '../../api/repeats.ts'
import { startRun } from '../../api/run-acts.ts'
import { Button } from '../../design/controls/button.tsx'
import { CliLine } from '../../design/controls/cli-line.tsx'
import { Failure } from '../../design/states/failure.tsx'
import { CheckField, TextField } from '../../design/controls/field.tsx'
import { plural } from '../../../../src/wording/count.ts'
import { exactUsd, formatCap, formatUsd, parseUsd } from '../../../../src/wording/amount.ts'
import { shellWord } from '../../../../src/wording/shell-word.ts'
import { maxCostOf } from '../../words/most.ts'
import styles from './new-run-page.module.css'

/** Consent is an amount: what is typed is what the run may cost, and no more. */
export function Agreeing({
  made: { planId, plan, command },
  selection,
}: {
  readonly made: MadePlan
  readonly selection: Selection
}) {
  const [text, setText] = useState('')
  const [hold, setHold] = useState(false)
  const [repeats] = useState(() => new Repeats())
  const go = useNavigate()
  const cache = useQueryClient()
  const amount = parseUsd(text)
  const starting = useMutation({
    mutationFn: () => {
      const wish = { ...selection, planId, maxCost: exactUsd(amount ?? 0), hold }
      return repeats.once(wish, (repeatKey) => startRun(plan.job, { ...wish, repeatKey }))
    },
    onSuccess: async ({ status }) => {
      await cache.invalidateQueries({ queryKey: ['runs'] })
      await go({ to: '/runs/$run', params: { run: status.run } })
    },
  })
  if (plan.toSend === 0) return <p>There is nothing to run.</p>
  const start = (event: FormEvent): void => {
    event.preventDefault()
    if (amount !== null) starting.mutate()
  }
  const most = maxCostOf(plan)
  return (
    <form onSubmit={start} className={styles['form']}>
      <div className={styles['agree']}>
        <TextField
          label="It may cost up to"
          inputMode="decimal"
          placeholder={most === null ? '$' : formatCap(most)}
          value={text}
          onChange={(event) => setText(event.target.value)}
          error={text.trim() !== '' && amount === null ? 'An amount reads like $90 or 12.50' : null}
          hint={amountHint(amount, plan)}
        />
        <Button
          type="submit"
          tone="primary"
          busy={starting.isPending}
          disabled={amount === null || plan.cost === null}
        >
          {hold ? 'Build' : 'Run'} {plural(Math.round(plan.toSend), 'request')}
          {amount === null ? '' : `, up to ${formatUsd(amount)}`}
        </Button>
      </div>
      <CheckField
        label="Only build the files, and wait until somebody submits them"
        checked={hold}
        onCheck={setHold}
      />
      {starting.isError ? <Failure error={starting.error} /> : null}
      <CliLine command={`${command} --max-cost ${shellWord(amount === null ? '$…' : exactUsd(amount))}`} />
    </form>
  )
}

function amountHint(amount: number | null, plan: MadePlan['plan']): string {
  const { cost, exact } = plan
  if (cost === null) return 'Without a price nothing is sent.'
  const most = maxCostOf(plan)
  const enough = exact ? 'enough in any case' : 'enough, as far as the sample tells'
  if (amount === null)
    return most === null
      ? 'Type the amount that you agree to.'
      : `Type the amount that you agree to; ${formatCap(most)} is ${enough}.`
  if (amount < cost.likelyMicroUsd)
    return 'That is less than it will likely cost, so that it would not be started.'
  if (most === null || amount < most)
    return 'Likely enough. If it is not, the run pauses and says how much more it needs.'
  return exact ? 'Enough in any case.' : 'Enough, as far as the sample tells.'
}
