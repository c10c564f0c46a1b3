import type { RunStatus } from './status.ts'

/** Number of the run's records: exact once the source is read, else as planned. */
export function recordsOf(status: RunStatus): number {
  const read = status.selected - status.unchanged
  return status.sourceDone || status.plan === null
    ? read
    : Math.max(read, status.plan.selected - status.plan.unchanged)
}

/** Time to go by the pace so far, in milliseconds; null before a first batch is done, as it would be invented. */
export function timeToGoMs(status: RunStatus, now: number): number | null {
  if (status.state !== 'running' || !status.batches.some(({ state }) => state === 'merged')) return null
  const total = recordsOf(status)
  const answered = total - status.pending
  if (answered <= 0 || status.pending <= 0) return null
  return ((now - status.createdAt) / answered) * status.pending
}
