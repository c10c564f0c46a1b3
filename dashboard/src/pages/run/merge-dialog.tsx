import { useMutation, useQueryClient } from '@tanstack/react-query'
import { mergeRun } from '../../api/run-acts.ts'
import { runKey } from '../../api/runs.ts'
import { Button } from '../../design/controls/button.tsx'
import { CliLine } from '../../design/controls/cli-line.tsx'
import { Dialog } from '../../design/controls/dialog.tsx'
import { Failure } from '../../design/states/failure.tsx'
import { formatCount } from '../../../../src/wording/count.ts'
import { presentOutcomes } from '../../words/outcome.ts'

/** Writes the stored answers again, after the job or the table was mended; costs nothing. */
export function MergeDialog({ run, onClose }: { readonly run: string; readonly onClose: () => void }) {
  const cache = useQueryClient()
  const merging = useMutation({
    mutationFn: () => mergeRun(run),
    onSettled: () => cache.invalidateQueries({ queryKey: runKey(run) }),
  })
  return (
    <Dialog
      title={`Merge run ${run} again`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{merging.isSuccess ? 'Close' : 'Not now'}</Button>
          {merging.isSuccess ? null : (
            <Button tone="primary" busy={merging.isPending} onClick={() => merging.mutate()}>
              Merge again
            </Button>
          )}
        </>
      }
    >
      <p>
        The answers that are kept are read, checked and written again with the job as it is now. Nothing is
        sent, and nothing is paid; what is written already stays as it is.
      </p>
      {merging.isSuccess ? (
        <p role="status">
          Done:{' '}
          {presentOutcomes(merging.data.counts)
            .map(({ outcome, count }) => `${formatCount(count)} ${outcome}`)
            .join(', ') || 'there was nothing to write'}
          .
        </p>
      ) : null}
      {merging.isError ? <Failure error={merging.error} /> : null}
      <CliLine command={`offpeak merge ${run} --today`} />
    </Dialog>
  )
}
