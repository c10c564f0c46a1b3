import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { RunStatus } from '../../../../src/server/contract/run.ts'
import { cancelRun } from '../../api/run-acts.ts'
import { runKey } from '../../api/runs.ts'
import { Button } from '../../design/controls/button.tsx'
import { CliLine } from '../../design/controls/cli-line.tsx'
import { Dialog } from '../../design/controls/dialog.tsx'
import { Failure } from '../../design/states/failure.tsx'
import { plural } from '../../../../src/wording/count.ts'
import { formatMost } from '../../../../src/wording/amount.ts'
import { phaseOf } from '../../../../src/wording/batch-phase.ts'
import { Choices } from '../../design/controls/choices.tsx'

/** Stops a run, or only what of it was not sent yet. */
export function CancelDialog({
  status: { run, batches, money, pending, retrying },
  onClose,
}: {
  readonly status: RunStatus
  readonly onClose: () => void
}) {
  const [what, setWhat] = useState<'unsent' | 'all'>('unsent')
  const cache = useQueryClient()
  const out = batches.filter((batch) => ['running', 'finalizing', 'doubt'].includes(phaseOf(batch)))
  const unsent = batches.filter((batch) => phaseOf(batch) === 'waiting')
  const cancelling = useMutation({
    mutationFn: () => cancelRun(run, what === 'unsent' ? { unsent: true } : {}),
    onSuccess: onClose,
    onSettled: () => cache.invalidateQueries({ queryKey: runKey(run) }),
  })
  return (
    <Dialog
      title={`Cancel run ${run}`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Let it run</Button>
          <Button tone="danger" busy={cancelling.isPending} onClick={() => cancelling.mutate()}>
            {what === 'unsent' ? 'Drop what is not sent' : 'Cancel the run'}
          </Button>
        </>
      }
    >
      <Choices
        legend="What is to stop"
        value={what}
        onChoose={setWhat}
        choices={[
          {
            value: 'unsent',
            words: 'Only what was not sent yet',
            note: `${plural(unsent.length, 'file')}${retrying === 0 ? '' : `, ${plural(retrying, 'record')} to be sent again`} and what is not built, which cost nothing so far; the rest continues and is merged.`,
          },
          {
            value: 'all',
            words: 'All of it',
            note: `${plural(out.length, 'batch', 'batches')} at the provider: what they have answered until then is billed, at most ${formatMost(money.reservedMicroUsd)}, and merged.`,
          },
        ]}
      />
      <p>
        {plural(pending, 'record')} would stay without an answer. A new run of the job asks for them again.
      </p>
      {cancelling.isError ? <Failure error={cancelling.error} /> : null}
      <CliLine command={`offpeak cancel ${run}${what === 'unsent' ? ' --unsent' : ''}`} />
    </Dialog>
  )
}
