import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { RunStatus } from '../../../../src/server/contract/run.ts'
import { Repeats } from '../../api/repeats.ts'
import { resumeRun, submitRun } from '../../api/run-acts.ts'
import { runKey } from '../../api/runs.ts'
import { Button } from '../../design/controls/button.tsx'
import { CliLine } from '../../design/controls/cli-line.tsx'
import { Dialog } from '../../design/controls/dialog.tsx'
import { Failure } from '../../design/states/failure.tsx'
import { SelectField, TextField } from '../../design/controls/field.tsx'
import { Money } from '../../design/charts/figures.tsx'
import { Facts } from '../../design/page.tsx'
import { exactUsd, formatCap, formatUsd, parseUsd } from '../../../../src/wording/amount.ts'
import { shellWord } from '../../../../src/wording/shell-word.ts'
import { maxCostOf } from '../../words/most.ts'

/** Lets a paused run go on, or sends one that is built, with the amount that it may cost in all. */
export function ResumeDialog({
  status,
  onClose,
}: {
  readonly status: RunStatus
  readonly onClose: () => void
}) {
  const { run, money, plan, pauseKind, pauseShortMicroUsd, wait } = status
  const held = pauseKind === 'submit'
  const [repeats] = useState(() => new Repeats())
  const [cap, setCap] = useState(() =>
    money.capMicroUsd === null ? '' : formatCap(money.capMicroUsd + (pauseShortMicroUsd ?? 0)),
  )
  const cache = useQueryClient()
  const amount = parseUsd(cap)
  const out = money.spentMicroUsd + money.reservedMicroUsd
  const wrong =
    cap.trim() === ''
      ? null
      : amount === null
        ? 'An amount reads like $90 or 12.50'
        : amount < out
          ? `The run has spent or reserved ${formatUsd(out)} already`
          : null
  const [accepts, setAccepts] = useState(false)
  const today = pauseKind === 'changed'
  const wish = {
    ...(amount === null ? {} : { maxCost: exactUsd(amount) }),
    ...(accepts ? { accept: true } : {}),
    ...(today ? { today: true } : {}),
  }
  const going = useMutation({
    mutationFn: () =>
      repeats.once(wish, (repeatKey) => (held ? submitRun : resumeRun)(run, { ...wish, repeatKey })),
    onSuccess: onClose,
    onSettled: () => cache.invalidateQueries({ queryKey: runKey(run) }),
  })
  const more = `${today ? ' --today' : ''}${accepts ? ' --accept' : ''}${amount === null ? '' : ` --max-cost ${shellWord(exactUsd(amount))}`}`
  return (
    <Dialog
      title={held ? `Submit run ${run}` : `Resume run ${run}`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Not now</Button>
          <Button
            tone="primary"
            busy={going.isPending}
            disabled={wrong !== null}
            onClick={() => going.mutate()}
          >
            {held ? 'Send it' : today ? 'Go on by the job as it is now' : 'Resume'}
            {amount === null ? '' : `, up to ${formatUsd(amount)}`}
          </Button>
        </>
      }
    >
      <Facts
        entries={[
          { name: 'Spent', value: <Money microUsd={money.spentMicroUsd} /> },
          { name: 'Reserved', value: <Money microUsd={money.reservedMicroUsd} /> },
          plan?.cost ? { name: 'Planned', value: <Money microUsd={plan.cost.likelyMicroUsd} /> } : null,
          plan?.cost ? { name: 'At most', value: <Money microUsd={maxCostOf(plan)} /> } : null,
        ]}
      />
      <TextField
        label="The run may cost in total"
        value={cap}
        placeholder="no cap"
        inputMode="decimal"
        onChange={(event) => setCap(event.target.value)}
        error={wrong}
        hint="It pauses when it would cost more. What is spent and reserved counts."
      />
      {pauseKind === 'answers' ? (
        <SelectField
          label={wait?.for === 'earlier' ? 'What was sent before' : 'Answers that are missing'}
          value={accepts ? 'accept' : 'look'}
          choices={[
            { value: 'look', words: 'look for them again; this costs nothing' },
            {
              value: 'accept',
              words:
                wait?.for === 'earlier'
                  ? 'send what matches no file of before; it may be paid a second time'
                  : 'take what is there; what is missing counts as possibly paid',
            },
          ]}
          onChoose={(value) => setAccepts(value === 'accept')}
        />
      ) : null}
      {going.isError ? <Failure error={going.error} /> : null}
      <CliLine command={`offpeak ${held ? 'submit' : 'resume'} ${run}${more}`} />
    </Dialog>
  )
}
