import type { RunRow } from '../../../../src/ports/state.ts'
import type { Hand } from './attempt-path.ts'
import { askedRun, cancelledRun, doneRun, importedRun, joinedRun } from './ended-runs.ts'
import { building, cancelling, inDoubt, running } from './going-runs.ts'
import { pausedRuns } from './paused-runs.ts'

/**
 * Fills a state with runs like the given one, until there is an attempt in every state, a run in every state and pause,
 * and a request in every outcome. Nothing of it can be carried on; it is there to be read.
 */
export async function makeEveryState(hand: Hand, like: RunRow): Promise<void> {
  await building(hand, like)
  await running(hand, like)
  await inDoubt(hand, like)
  await cancelling(hand, like)
  await pausedRuns(hand, like)
  await doneRun(hand, like)
  await askedRun(hand, like)
  await joinedRun(hand, like)
  await cancelledRun(hand, like)
  await importedRun(hand, like)
}
