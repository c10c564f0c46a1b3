import { addCounts, type Outcome, type OutcomeCounts, parseCounts } from '../../domain/outcome.ts'
import { formatCount } from '../../wording/count.ts'
import type { BatchRow } from '../../ports/state.ts'
import { retryRule } from '../build/retry-rule.ts'
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
export async function stopIfNoneUsable(step: Step): Promise<void> {
  const { flow, run, attempt } = step
  const batch = await flow.store.batch(attempt.runId, attempt.batchN)
  if (batch === null) return
  const counts = parseCounts(batch.counts)
  if (sum(counts, good) > 0) return
  const rejected = counts.rejected ?? 0
  if (rejected >= fewestRejected) {
    if (!(await hasUnsentFiles(step))) return
    await pauseRun(flow, run, {
      kind: 'job',
      reason: `none of the ${formatCount(rejected)} answers of batch ${batch.n} could be written: ${(await firstReason(step, 'rejected')) ?? 'the sink did not take them'}; they are kept, and offpeak merge ${run.id} writes them once that is fixed`,
    })
  } else if (batch.round === 0 && sum(counts, unusable) > 0) await stopIfNoneOfRun(step, counts)
}

async function stopIfNoneOfRun(step: Step, ofBatch: OutcomeCounts): Promise<void> {
  const { flow, run } = step
  const ofRun = sumOf(await flow.store.batches(run.id))
  const count = sum(ofRun, unusable)
  if (count < fewestUnusable || sum(ofRun, [...good, 'rejected']) > 0) return
  if (!(await hasUnsentFiles(step)) && !(await asksAgain(step))) return
  const [most = 'invalid'] = unusable.toSorted((one, other) => (ofBatch[other] ?? 0) - (ofBatch[one] ?? 0))
  const first = await firstReason(step, most)
  await pauseRun(flow, run, {
    kind: 'unusable',
    reason: `not one of the ${formatCount(count)} answers so far is usable (${wordsFor(ofRun)})${first === null ? '' : `, the first of them as: ${first}`}`,
  })
}

async function hasUnsentFiles({ flow: { store }, run: { id } }: Step): Promise<boolean> {
  const now = await store.run(id)
  return now !== null && (now.sourceDone === 0 || (await store.countWaitingFiles(id)) > 0)
}

async function asksAgain({ flow: { store }, run, spec }: Step): Promise<boolean> {
  const rule = retryRule(run, spec)
  if (rule === null) return false
  return (await store.requestsToRetry(run.id, { ...rule, chosen: null, limit: 1 })).length > 0
}

async function firstReason({ flow, attempt }: Step, outcome: Outcome): Promise<string | null> {
  const { runId, batchN } = attempt
  const wanted = { batchN, outcomes: [outcome], afterSeq: -1, limit: 1 }
  return (await flow.store.requests(runId, wanted))[0]?.reason ?? null
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
