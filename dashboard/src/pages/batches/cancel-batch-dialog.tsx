import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { Batch } from '../../../../src/server/contract/run.ts'
import { cancelRun } from '../../api/run-acts.ts'
import { runKey } from '../../api/runs.ts'
import { Button } from '../../design/controls/button.tsx'
import { CliLine } from '../../design/controls/cli-line.tsx'
import { Dialog } from '../../design/controls/dialog.tsx'
import { Failure } from '../../design/states/failure.tsx'
import { answeredOf } from '../../design/charts/batch-tip.tsx'
import { formatCount } from '../../../../src/wording/count.ts'
import { formatMost } from '../../../../src/wording/amount.ts'

/** Stops one batch at the provider. */
export function CancelBatchDialog({
  run,
  batch,
  onClose,
}: {
  readonly run: string
  readonly batch: Batch
  readonly onClose: () => void
}) {
  const cache = useQueryClient()
  const { answered, of } = answeredOf(batch)
  const cancelling = useMutation({
    mutationFn: () => cancelRun(run, { batch: batch.n }),
    onSuccess: onClose,
    onSettled: () => cache.invalidateQueries({ queryKey: runKey(run) }),
  })
  return (
    <Dialog
      title={`Cancel batch ${batch.n}`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Let it run</Button>
          <Button tone="danger" busy={cancelling.isPending} onClick={() => cancelling.mutate()}>
            Cancel the batch
          </Button>
        </>
      }
    >
      <p>
        {formatCount(answered)} of {formatCount(of)} requests are answered. What is answered until the
        provider stops is billed, at most {formatMost(batch.reservedMicroUsd)}, and merged.
      </p>
      <p>
        What it had not begun is sent again by the run; what the provider reports as cancelled waits for a
        retry.
      </p>
      {cancelling.isError ? <Failure error={cancelling.error} /> : null}
      <CliLine command={`offpeak cancel ${run} --batch ${batch.n}`} />
    </Dialog>
  )
}
