import { parseCounts } from '../../domain/outcome.ts'
import { pauseRun } from '../step/pause.ts'
import type { Step } from '../step/step.ts'

/** One row may be at fault by itself; of so many, none was written. */
const fewest = 2

/**
 * A pause for a person where the sink has taken none of the answers of a whole file: those of the next would be bought
 * for nothing. A run that has nothing more to send goes on to its end.
 */
export async function stopIfNoneWritten({ flow, run, attempt }: Step): Promise<void> {
  const { store } = flow
  const batch = await store.batch(attempt.runId, attempt.batchN)
  const { rejected = 0, merged = 0, held = 0, stale = 0, review = 0 } = parseCounts(batch?.counts ?? '{}')
  if (rejected < fewest || merged + held + stale + review > 0) return
  const now = await store.run(run.id)
  if (now === null || (now.sourceDone === 1 && (await store.countWaitingFiles(run.id)) === 0)) return
  const [first] = await store.requests(run.id, {
    batchN: attempt.batchN,
    outcomes: ['rejected'],
    afterSeq: -1,
    limit: 1,
  })
  await pauseRun(flow, run, {
    kind: 'job',
    reason: `none of the ${rejected.toLocaleString('en-US')} answers of batch ${attempt.batchN} could be written: ${first?.reason ?? 'the sink did not take them'}; they are kept, and offpeak merge ${run.id} writes them once that is fixed`,
  })
}
