import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { RunStatus } from '../../../../src/server/contract/run.ts'
import { pauseRun } from '../../api/run-acts.ts'
import { runKey } from '../../api/runs.ts'
import { Button, ButtonLink } from '../../design/controls/button.tsx'
import { Failure } from '../../design/states/failure.tsx'
import { Menu } from '../../design/controls/menu.tsx'
import { formatCount } from '../../../../src/wording/count.ts'
import { useMay } from '../../shell/session.tsx'
import { isLive } from '../../words/run-state.ts'
import { CancelDialog } from './cancel-dialog.tsx'
import { MergeDialog } from './merge-dialog.tsx'
import { ResumeDialog } from './resume-dialog.tsx'
import { RetryDialog } from './retry-dialog.tsx'

type Asking = 'resume' | 'cancel' | 'retry' | 'merge' | null

/** What can be done about a run now; what costs money, or cannot be taken back, asks first. */
export function RunActions({ status }: { readonly status: RunStatus }) {
  const [asking, setAsking] = useState<Asking>(null)
  const may = useMay('run')
  const cache = useQueryClient()
  const pausing = useMutation({
    mutationFn: () => pauseRun(status.run),
    onSettled: () => cache.invalidateQueries({ queryKey: runKey(status.run) }),
  })
  const { state, pauseKind, needsAttention, counts } = status
  const running = state === 'running' || state === 'building'
  const close = (): void => setAsking(null)
  const why = may ? undefined : 'This key may only read'
  return (
    <>
      {running ? (
        <Button disabled={!may} title={why} busy={pausing.isPending} onClick={() => pausing.mutate()}>
          Pause
        </Button>
      ) : null}
      {state === 'paused' ? (
        <Button tone="primary" disabled={!may} title={why} onClick={() => setAsking('resume')}>
          {pauseKind === 'submit' ? 'Submit…' : pauseKind === 'changed' ? 'Take today’s job…' : 'Resume…'}
        </Button>
      ) : null}
      {(counts.review ?? 0) > 0 ? (
        <ButtonLink to="/runs/$run/review" params={{ run: status.run }}>
          Review {formatCount(counts.review ?? 0)}
        </ButtonLink>
      ) : null}
      {needsAttention > (counts.review ?? 0) && !running ? (
        <Button disabled={!may} title={why} onClick={() => setAsking('retry')}>
          Retry failed…
        </Button>
      ) : null}
      <Menu
        label="More"
        entries={[
          ...(needsAttention > 0 && (running || needsAttention === counts.review)
            ? [{ words: 'Retry failed…', disabled: !may, act: () => setAsking('retry') }]
            : []),
          { words: 'Merge again…', note: 'free', disabled: !may, act: () => setAsking('merge') },
          {
            words: 'Download results',
            note: 'JSONL',
            act: () => location.assign(`/api/v1/runs/${encodeURIComponent(status.run)}/results?format=jsonl`),
          },
          ...(isLive(status) && state !== 'cancelling'
            ? [{ words: 'Cancel…', tone: 'danger' as const, disabled: !may, act: () => setAsking('cancel') }]
            : []),
        ]}
      />
      {pausing.isError ? <Failure error={pausing.error} /> : null}
      {asking === 'resume' ? <ResumeDialog status={status} onClose={close} /> : null}
      {asking === 'cancel' ? <CancelDialog status={status} onClose={close} /> : null}
      {asking === 'retry' ? <RetryDialog status={status} onClose={close} /> : null}
      {asking === 'merge' ? <MergeDialog run={status.run} onClose={close} /> : null}
    </>
  )
}
