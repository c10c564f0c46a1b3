import { addCounts, type Outcome, type OutcomeCounts, parseCounts } from '../../domain/outcome.ts'
import { formatCount } from '../../wording/count.ts'
import type { BatchRow } from '../../ports/state.ts'
import { pauseRun } from '../step/pause.ts'
import type { Step } from '../step/step.ts'

/** One row may be at fault by itself; of so many, none was written. */
const fewestRejected = 2
/** A few answers may be bad by chance; so many, and not one good one, have a cause that they share. */
const fewestUnusable = 20

/** Usable, or a good answer that stands back for a reason of its own. */
const good: readonly Outcome[] = ['merged', 'held', 'stale', 'review', 'declined']
/** Answers that the same request gives again, or the same prompt for another record. */
const unusable: readonly Outcome[] = ['invalid', 'truncated', 'refused', 'failed']

/**
 * A pause for a person where answers have come and none is usable, as those of the next file, or of the next try, would be
 * bought for nothing: the sink has taken none of a whole file, or not one answer of the run so far fits the job. A run
 * that has nothing more to send goes on to its end; one that a person has resumed asks again.
 */
export async function stopIfNoneUsable({ flow, run, spec, attempt }: Step): Promise<void> {
  const { store } = flow
  const batch = await store.batch(attempt.runId, attempt.batchN)
  if (batch === null) return
  const ofBatch = parseCounts(batch.counts)
  if (sum(ofBatch, good) > 0) return
  if ((ofBatch.rejected ?? 0) >= fewestRejected) {
    if (!(await hasUnsentFiles())) return
    const first = await firstReason(['rejected'])
    await pauseRun(flow, run, {
      kind: 'job',
      reason: `none of the ${formatCount(ofBatch.rejected ?? 0)} answers of batch ${batch.n} could be written: ${first ?? 'the sink did not take them'}; they are kept, and offpeak merge ${run.id} writes them once that is fixed`,
    })
    return
  }
  if (batch.round > 0 || sum(ofBatch, unusable) === 0) return
  const ofRun = sumOf(await store.batches(run.id))
  const count = sum(ofRun, unusable)
  if (count < fewestUnusable || sum(ofRun, good) + (ofRun.rejected ?? 0) > 0) return
  if (!(await hasUnsentFiles()) && !(await asksAgain())) return
  const [worst = 'invalid'] = unusable.toSorted((one, other) => (ofBatch[other] ?? 0) - (ofBatch[one] ?? 0))
  const first = await firstReason([worst])
  await pauseRun(flow, run, {
    kind: 'unusable',
    reason: `not one of the ${formatCount(count)} answers so far is usable (${wordsFor(ofRun)})${first === null ? '' : `, the first of them as: ${first}`}`,
  })

  async function hasUnsentFiles(): Promise<boolean> {
    const now = await store.run(run.id)
    return now !== null && (now.sourceDone === 0 || (await store.countWaitingFiles(run.id)) > 0)
  }

  async function asksAgain(): Promise<boolean> {
    if (run.maySend === 'nothing') return false
    const onlyChosen = run.maySend === 'chosen'
    const { maxTries } = spec
    return (
      (await store.requestsToRetry(run.id, { maxTries, limit: 1, chosen: null, ruled: 'all', onlyChosen }))
        .length > 0
    )
  }

  async function firstReason(outcomes: readonly Outcome[]): Promise<string | null> {
    const batchN = attempt.batchN
    const [first] = await store.requests(run.id, { batchN, outcomes, afterSeq: -1, limit: 1 })
    return first?.reason ?? null
  }
}

function sum(counts: OutcomeCounts, outcomes: readonly Outcome[]): number {
  return outcomes.reduce((total, outcome) => total + (counts[outcome] ?? 0), 0)
}

function sumOf(batches: readonly Pick<BatchRow, 'counts'>[]): OutcomeCounts {
  return batches.reduce<OutcomeCounts>((all, { counts }) => addCounts(all, parseCounts(counts)), {})
}

function wordsFor(counts: OutcomeCounts): string {
  return unusable
    .flatMap((outcome) => (counts[outcome] ? [`${formatCount(counts[outcome])} ${outcome}`] : []))
    .join(', ')
}
