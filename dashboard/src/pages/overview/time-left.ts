import type { Batch, RunStatus } from '../../../../src/server/contract/run.ts'
import { phaseOf } from '../../../../src/wording/batch-phase.ts'
import { recordsOf } from '../../words/run-state.ts'

type Standing = Pick<
  RunStatus,
  'state' | 'batches' | 'selected' | 'unchanged' | 'sourceDone' | 'plan' | 'pending' | 'createdAt'
>

/** Time to go by the pace so far; null before a first batch is done, as it would be invented. */
export function remainingMs(status: Standing, now: number): number | null {
  if (status.state !== 'running' || !status.batches.some((batch) => phaseOf(batch) === 'done')) return null
  const answered = recordsOf(status) - status.pending
  if (answered <= 0 || status.pending <= 0) return null
  return ((now - status.createdAt) / answered) * status.pending
}

/** When the first batch that is at the provider ends by itself. */
export function nextExpiry({ batches }: { readonly batches: readonly Batch[] }, now: number): number | null {
  const times = batches.flatMap((batch) =>
    batch.expiresAt !== null && batch.expiresAt > now && ['running', 'finalizing'].includes(phaseOf(batch))
      ? [batch.expiresAt]
      : [],
  )
  return times.length === 0 ? null : Math.min(...times)
}
