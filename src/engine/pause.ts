import type { RunRow } from '../ports/state.ts'
import type { Flow } from './flow.ts'

/** Stops a run for a person, once, with the reason; its batches at the provider go on and are collected. */
export async function pauseRun(flow: Flow, run: Pick<RunRow, 'id'>, reason: string): Promise<void> {
  const paused = await flow.store.changeRun(run.id, ['building', 'running'], {
    state: 'paused',
    pauseReason: reason,
    nextAt: null,
  })
  if (paused) await flow.store.addEvent(run.id, flow.clock.now(), 'run.paused', { reason })
}

/** Who a pause waits for: more money, the provider's account, somebody's `submit`, or a change to job, data or sink. */
export type PauseKind = 'budget' | 'provider' | 'held' | 'job'

/** The kind of a pause, from its words. */
export function pauseKind(reason: string): PauseKind {
  if (reason.startsWith('budget: ')) return 'budget'
  if (reason.includes('wait to be submitted')) return 'held'
  return /^\S+ refused (the|a) /.test(reason) ? 'provider' : 'job'
}
