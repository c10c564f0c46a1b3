import type { Outcome } from '../../domain/outcome.ts'
import { mayPassAsSent, needsChange } from '../../wording/remedies.ts'
import type { RunRow } from '../../ports/state.ts'
import type { Flow } from '../flow.ts'
import { specOf } from '../spec.ts'

/** What a later run can have answered in the place of the one that asked first; lost answers are still looked for. */
const rescuable: readonly Outcome[] = [...mayPassAsSent, ...needsChange, 'rejected']
const markedAtOnce = 2_000
/** Runs before these keep what they say. */
const runsToLookAt = 5
/** A rescue of a rescue of a rescue; a bound, in case a state names itself. */
const mostGenerations = 50

/**
 * The note in earlier runs of a job of the records that have their answer by now: in those that a run has rescued
 * records of, and in the last ones. May be repeated at any time.
 */
export async function settleRescued({ store }: Pick<Flow, 'store'>, run: RunRow): Promise<void> {
  const earlier = new Set<string>()
  let { rescue } = specOf(run)
  while (rescue !== null && earlier.size < mostGenerations) {
    earlier.add(rescue.run)
    const parent = await store.run(rescue.run)
    rescue = parent ? specOf(parent).rescue : null
  }
  for (const { run: id } of (await store.runsThatEnded(run.job, rescuable, run.simulated === 1)).slice(
    0,
    runsToLookAt,
  ))
    earlier.add(id)
  earlier.delete(run.id)
  for (const id of earlier) while ((await store.markRescued(id, rescuable, markedAtOnce)) === markedAtOnce);
}
