import { useState } from 'react'
import type { Outcome } from '../../../../src/server/contract/outcome.ts'
import type { RunStatus } from '../../../../src/server/contract/run.ts'
import { formatMost, formatUsd } from '../../../../src/wording/amount.ts'
import { plural } from '../../../../src/wording/count.ts'
import { needsChange } from '../../../../src/wording/remedies.ts'
import type { retryRun } from '../../api/run-acts.ts'
import { Count, Money } from '../../design/charts/figures.tsx'
import { Button } from '../../design/controls/button.tsx'
import { Choices } from '../../design/controls/choices.tsx'
import { CliLine } from '../../design/controls/cli-line.tsx'
import { Dialog } from '../../design/controls/dialog.tsx'
import { CheckField, TextField } from '../../design/controls/field.tsx'
import { Facts } from '../../design/page.tsx'
import { Loading } from '../../design/states/empty.tsx'
import { Failure } from '../../design/states/failure.tsx'
import { outcomes, presentOutcomes } from '../../words/outcome.ts'
import { type RetryChoice, type RetryDeliveryMode, type RetryHow, useRetry } from './use-retry.ts'

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
  const [how, setHow] = useState<RetryHow>(suggested)
  const [tokens, setTokens] = useState('')
  const [chosen, setChosen] = useState<readonly Outcome[]>(choice.outcomes ?? [])
  const [deliveryMode, setDeliveryMode] = useState<RetryDeliveryMode>('batch')
  const maxTokens = /^[1-9]\d{0,8}$/.test(tokens.trim()) ? Number(tokens) : null
  const isFree = choice.keys === undefined && choice.reason === undefined && choice.outcomes === undefined
  const wish = { ...choice, outcomes: chosen, how, deliveryMode, maxTokens }
  const { asked, sending, raisesTo } = useRetry(status, wish, onClose)
  const cost = asked.data
  return (
    <Dialog
      title={`Send again: run ${status.run}`}
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
            {cost === undefined || cost.requests === 0 ? 'Send again' : sendWords(cost)}
          </Button>
        </>
      }
    >
      <Choices legend="What is sent" value={how} onChoose={setHow} choices={hows} />
      {how === 'today' ? (
        <TextField
          label="Output tokens at most, for these alone"
          value={tokens}
          placeholder="as in the job"
          inputMode="numeric"
          onChange={(event) => setTokens(event.target.value)}
          error={tokens.trim() === '' || maxTokens !== null ? null : 'A whole number, as 400'}
        />
      ) : null}
      {isFree ? <OutcomeChecks status={status} how={how} chosen={chosen} onChoose={setChosen} /> : null}
      <Choices
        legend="How they are sent"
        value={deliveryMode}
        onChoose={setDeliveryMode}
        choices={deliveryModes}
      />
      {asked.error === null ? null : <Failure error={asked.error} onRetry={() => void asked.refetch()} />}
      {cost === undefined && asked.error === null ? <Loading rows={1} height={44} /> : null}
      {cost === undefined ? null : (
        <RetryFacts cost={cost} raisesTo={raisesTo} capMicroUsd={status.money.capMicroUsd} />
      )}
      {sending.isError ? <Failure error={sending.error} /> : null}
      {cost === undefined ? null : <CliLine command={cost.command} />}
    </Dialog>
  )
}

type RetryCost = Awaited<ReturnType<typeof retryRun>>

const hows = [
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
] as const

const deliveryModes = [
  { value: 'batch', words: 'In a batch', note: 'at the price of a batch, within a day' },
  { value: 'flex', words: 'Flex', note: 'at the price of a batch, one by one as there is room' },
  { value: 'realtime', words: 'In real time', note: 'in minutes, without the discount' },
] as const

/** The outcomes of a run that may be sent again so, with how many have each. */
function OutcomeChecks({
  status,
  how,
  chosen,
  onChoose,
}: {
  readonly status: RunStatus
  readonly how: RetryHow
  readonly chosen: readonly Outcome[]
  readonly onChoose: (chosen: readonly Outcome[]) => void
}) {
  const present = presentOutcomes(status.counts).filter(
    ({ outcome }) => outcomes[outcome].person && (how === 'today' || !needsChange.includes(outcome)),
  )
  const all = present.map(({ outcome }) => outcome)
  return (
    <div>
      {present.map(({ outcome, count }) => (
        <CheckField
          key={outcome}
          label={`${plural(count, 'request')} ${outcome}: ${outcomes[outcome].words}`}
          checked={chosen.length === 0 || chosen.includes(outcome)}
          onCheck={(checked) => onChoose(withOrWithout(chosen, all, outcome, checked))}
        />
      ))}
    </div>
  )
}

/** What a retry would send and cost, what has changed since, and the cap that it raises. */
function RetryFacts({
  cost,
  raisesTo,
  capMicroUsd,
}: {
  readonly cost: RetryCost
  readonly raisesTo: string | null
  readonly capMicroUsd: number | null
}) {
  return (
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
        raisesTo === null
          ? null
          : {
              name: 'Cap of the run',
              value: raisesTo,
              note: `raised from ${formatMost(capMicroUsd ?? 0)}`,
            },
      ]}
    />
  )
}

/** What the button sends, and for how much. */
function sendWords({ requests, likelyMicroUsd, atMostMicroUsd }: RetryCost): string {
  const amount =
    likelyMicroUsd === null
      ? `at most ${formatMost(atMostMicroUsd ?? 0)}`
      : `about ${formatUsd(likelyMicroUsd)}`
  return `Send ${plural(requests, 'request')} for ${amount}`
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
