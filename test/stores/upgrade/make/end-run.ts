import type { RunState } from '../../../../src/domain/run.ts'
import { unpaused } from '../../../../src/engine/step/pause.ts'
import type { Hand } from './attempt-path.ts'
import { type MadeRun, underRun } from './other-runs.ts'

/** The first attempt of a run's nth file. */
export function attempt({ attempts, job }: MadeRun, n: number): number {
  const id = attempts[n]
  if (id === undefined) throw new Error(`${job} has no file ${n}`)
  return id
}

export async function change(hand: Hand, { id }: MadeRun, state: RunState): Promise<void> {
  await hand.store.changeRun(id, ['building', 'running', 'paused'], { state, ...unpaused, nextAt: hand.now })
  await hand.store.addEvent(id, hand.now, `run.${state}`, {})
}

export async function end(hand: Hand, { id }: MadeRun, state: 'done' | 'cancelled'): Promise<void> {
  await underRun(hand, id, (claim) =>
    hand.store.saveRun(
      claim,
      { state, liveKey: null, finishedAt: hand.now, nextAt: null, ...unpaused },
      { at: hand.now, kind: `run.${state}`, data: {} },
    ),
  )
}
