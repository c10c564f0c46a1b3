import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { RunStatus } from '../../../../src/server/contract/run.ts'
import { Repeats } from '../../api/repeats.ts'
import { newRepeatKey } from '../../api/request.ts'
import { retryRun } from '../../api/run-acts.ts'
import { runKey } from '../../api/runs.ts'
import { Button } from '../../design/controls/button.tsx'
import { CliLine } from '../../design/controls/cli-line.tsx'
import { Dialog } from '../../design/controls/dialog.tsx'
import { Loading } from '../../design/states/empty.tsx'
import { Failure } from '../../design/states/failure.tsx'
import { CheckField, TextField } from '../../design/controls/field.tsx'
import { Count, Money } from '../../design/charts/figures.tsx'
import { Facts } from '../../design/page.tsx'
import { plural } from '../../../../src/wording/count.ts'
import { formatCap, formatMost, formatUsd } from '../../../../src/wording/amount.ts'
import { needsChange } from '../../../../src/wording/remedies.ts'
import { outcomes, presentOutcomes } from '../../words/outcome.ts'
import type { Outcome } from '../../../../src/server/contract/outcome.ts'
import { Choices } from '../../design/controls/choices.tsx'

/** With the bytes that were sent, or with the job as it is now, in a run of its own. */
export type RetryHow = 'as-sent' | 'today'

type RetryDeliveryMode = 'batch' | 'flex' | 'realtime'

/** What a retry takes: what a person chose, or all that needs one. */
export interface RetryChoice {
  readonly outcomes?: readonly Outcome[]
  /** Those whose reason has this. */
  readonly reason?: string
  readonly keys?: readonly string[]
}

/** Sends again what failed: how many and how much is asked first, and shown. */
export function RetryDialog({
  status,
  choice = {},
  how: suggested = howFor(choice),
  onClose,
}: {
  readonly status: RunStatus
  readonly choice?: RetryChoice
  readonly how?: RetryHow
  readonly onClose: () => void
}) {
  const { run, money } = status
  const [how, setHow] = useState<RetryHow>(suggested)
  const [tokens, setTokens] = useState('')
  const maxTokens = /^[1-9]\d{0,8}$/.test(tokens.trim()) ? Number(tokens) : null
  const isToday = how === 'today'
  const present = presentOutcomes(status.counts).filter(
    ({ outcome }) => outcomes[outcome].person && (isToday || !needsChange.includes(outcome)),
  )
  const go = useNavigate()
  const free = choice.keys === undefined && choice.reason === undefined && choice.outcomes === undefined
  const [chosen, setChosen] = useState<readonly Outcome[]>(choice.outcomes ?? [])
  const [deliveryMode, setDeliveryMode] = useState<RetryDeliveryMode>('batch')
  const [repeats] = useState(() => new Repeats())
  const cache = useQueryClient()
  const wish = {
    outcomes: chosen.length === 0 ? null : [...chosen],
    reason: choice.reason ?? null,
    keys: choice.keys === undefined ? null : [...choice.keys],
    deliveryMode: deliveryMode === 'batch' ? null : deliveryMode,
    today: isToday,
    maxTokens: isToday ? maxTokens : null,
  }
  const asked = useQuery({
    queryKey: [...runKey(run), 'retry', wish],
    queryFn: () => retryRun(run, { ...wish, dryRun: true, repeatKey: newRepeatKey() }),
    staleTime: 0,
    gcTime: 0,
  })
  const cost = asked.data
  const needed = money.spentMicroUsd + money.reservedMicroUsd + (cost?.atMostMicroUsd ?? 0)
  const raise = !isToday && money.capMicroUsd !== null && needed > money.capMicroUsd
  // A run of its own has an amount of its own: what the button says.
  const own = isToday && cost?.atMostMicroUsd != null ? cost.atMostMicroUsd : null
  const sending = useMutation({
    mutationFn: () => {
      const paid = {
        ...wish,
        dryRun: false,
        ...(raise ? { maxCost: formatCap(needed) } : {}),
        ...(own === null ? {} : { maxCost: formatCap(own) }),
      }
      return repeats.once(paid, (repeatKey) => retryRun(run, { ...paid, repeatKey }))
    },
    onSuccess: ({ rescue }) => {
      onClose()
      if (rescue !== null) void go({ to: '/runs/$run', params: { run: rescue } })
    },
    onSettled: () => cache.invalidateQueries({ queryKey: runKey(run) }),
  })
  return (
    <Dialog
      title={`Send again: run ${run}`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Not now</Button>
          <Button
            tone="primary"
            busy={sending.isPending}
            disabled={cost === undefined || cost.requests === 0}
            onClick={() => sending.mutate()}
          >
            {cost === undefined || cost.requests === 0
              ? 'Send again'
              : `Send ${plural(cost.requests, 'request')} for ${cost.likelyMicroUsd === null ? `at most ${formatMost(cost.atMostMicroUsd ?? 0)}` : `about ${formatUsd(cost.likelyMicroUsd)}`}`}
          </Button>
        </>
      }
    >
      <Choices
        legend="What is sent"
        value={how}
        onChoose={setHow}
        choices={[
          {
            value: 'as-sent',
            words: 'As sent',
            note: 'the same request, within this run; for what may succeed unchanged',
          },
          {
            value: 'today',
            words: "With today's job",
            note: 'these records alone, with the job as it is now, in a run of their own',
          },
        ]}
      />
      {isToday ? (
        <TextField
          label="Output tokens at most, for these alone"
          value={tokens}
          placeholder="as in the job"
          inputMode="numeric"
          onChange={(event) => setTokens(event.target.value)}
          error={tokens.trim() === '' || maxTokens !== null ? null : 'A whole number, as 400'}
        />
      ) : null}
      {free ? (
        <div>
          {present.map(({ outcome, count }) => (
            <CheckField
              key={outcome}
              label={`${plural(count, 'request')} ${outcome}: ${outcomes[outcome].words}`}
              checked={chosen.length === 0 || chosen.includes(outcome)}
              onCheck={(checked) =>
                setChosen(
                  withOrWithout(
                    chosen,
                    present.map(({ outcome }) => outcome),
                    outcome,
                    checked,
                  ),
                )
              }
            />
          ))}
        </div>
      ) : null}
      <Choices
        legend="How they are sent"
        value={deliveryMode}
        onChoose={setDeliveryMode}
        choices={[
          { value: 'batch', words: 'In a batch', note: 'at the price of a batch, within a day' },
          { value: 'flex', words: 'Flex', note: 'at the price of a batch, one by one as there is room' },
          { value: 'realtime', words: 'In real time', note: 'in minutes, without the discount' },
        ]}
      />
      {asked.error === null ? null : <Failure error={asked.error} onRetry={() => void asked.refetch()} />}
      {cost === undefined ? (
        asked.error === null ? (
          <Loading rows={1} height={44} />
        ) : null
      ) : (
        <Facts
          entries={[
            { name: 'Requests', value: <Count value={cost.requests} /> },
            { name: 'Likely', value: <Money microUsd={cost.likelyMicroUsd} /> },
            { name: 'At most', value: <Money microUsd={cost.atMostMicroUsd} /> },
            cost.asked === null
              ? null
              : {
                  name: 'Changed since',
                  value: <Count value={cost.asked} />,
                  note:
                    cost.asked === 0
                      ? 'nothing of their requests is another now'
                      : 'asked otherwise than they were',
                },
            raise
              ? {
                  name: 'Cap of the run',
                  value: formatCap(needed),
                  note: `raised from ${formatMost(money.capMicroUsd ?? 0)}`,
                }
              : null,
          ]}
        />
      )}
      {sending.isError ? <Failure error={sending.error} /> : null}
      {cost === undefined ? null : <CliLine command={cost.command} />}
    </Dialog>
  )
}

/** What only a change can help is asked with the job of today. */
function howFor({ outcomes: chosen = [] }: RetryChoice): RetryHow {
  return chosen.some((outcome) => needsChange.includes(outcome)) ? 'today' : 'as-sent'
}

/** None chosen stands for all of them. */
function withOrWithout(
  chosen: readonly Outcome[],
  all: readonly Outcome[],
  one: Outcome,
  checked: boolean,
): readonly Outcome[] {
  const before = chosen.length === 0 ? all : chosen
  const after = checked ? [...before, one] : before.filter((other) => other !== one)
  return after.length === all.length ? [] : after
}
