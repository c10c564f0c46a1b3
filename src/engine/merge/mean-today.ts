import { sharedMark } from '../../planning/requests/meaning.ts'
import type { RunRow } from '../../ports/state.ts'
import type { Flow } from '../flow.ts'
import { seenJobChange } from '../job/job-change.ts'
import type { PreparedJob } from '../job/prepare.ts'
import { specOf } from '../spec.ts'

/**
 * The note that records of a run are done by the job as it is now: where a person has said that the run goes by it, its
 * answers were judged and written by it, and none is bought anew for what it asks alike. What a record's own texts were
 * stays known: another prompt is another question.
 */
export async function meanToday(
  flow: Pick<Flow, 'store' | 'definition'>,
  run: RunRow,
  { meaning }: Pick<PreparedJob, 'meaning'>,
): Promise<void> {
  const { meaning: then, definition } = specOf(run)
  if (then === null || definition === null || sharedMark(then) === sharedMark(meaning)) return
  // Nobody has said so.
  if ((await seenJobChange(flow, run)) !== null) return
  await flow.store.remarkDone(run.job, run.id, sharedMark(meaning))
}
