import type { Unanswered } from './merge-results.ts'
import { rm } from 'node:fs/promises'
import { noWait, type WaitKind } from '../../domain/wait.ts'
import { mayGoOn, reconcile, type Evidence } from '../../planning/money/reconcile.ts'
import { decideWait } from '../../planning/waiting/wait.ts'
import type { BatchRow } from '../../ports/state.ts'
import { withCrashPoints } from '../crash-points.ts'
import { isPastDeadline } from '../job/delivery-mode.ts'
import { answerFile, bytesOf } from '../files/durable-file.ts'
import type { Step } from '../step/step.ts'
import { pauseForWait, waitTimings } from '../step/wait.ts'
import type { Merger } from './merger.ts'
import { batchUsage } from './settle.ts'

/** The next step once the files of a batch are read: give what is unanswered its outcome, or look for it again. */
export type Weighed =
  | { readonly kind: 'close'; readonly unanswered: Unanswered }
  | { readonly kind: 'again'; readonly at: number }

/**
 * The comparison of a service's account of a batch with the lines read of its files, before anything is settled or sent
 * again. Where they disagree the answers are fetched again with growing patience; then few missing ones are held and
 * the run goes on, while many stop it for a person. What was read is merged in any case.
 */
export async function weigh(
  step: Step,
  batch: Pick<BatchRow, 'n' | 'requests'>,
  merger: Merger,
): Promise<Weighed> {
  const { flow, attempt, run } = step
  const { ending } = attempt
  if (ending === 'lost')
    return {
      kind: 'close',
      unanswered: { outcome: 'lost', reason: 'the batch was given up; nobody knows what it answered' },
    }
  if (attempt.providerBatchId === null || ending === null) return { kind: 'close', unanswered: plainly(step) }
  const evidence = evidenceOf(step, merger)
  const forfeited = forfeitedBy(step, batch, evidence)
  if (forfeited !== null) return { kind: 'close', unanswered: forfeited }
  const found = reconcile({ ...evidence, ending })
  if (found.kind === 'agreed') return { kind: 'close', unanswered: plainly(step) }
  const { words, isNothingReadable, mostRan } = found
  if (attempt.acceptedAt !== null || run.state === 'cancelling')
    return lost(words, evidence.unanswered, mostRan)
  const kind: WaitKind = isNothingReadable ? 'unreadable' : 'missing'
  const now = flow.clock.now()
  const decided = decideWait(attempt, { kind, words }, waitTimings(step), now, 0.5)
  if (
    decided.isOver &&
    mayGoOn(evidence.unanswered, evidence.matched, batch.requests, flow.timings.maxMissingShare)
  ) {
    await flow.store.addEvent(run.id, now, 'answers.withheld', {
      batch: batch.n,
      requests: evidence.unanswered,
      words,
    })
    return lost(words, evidence.unanswered, mostRan)
  }
  await retryAt(step, merger, decided)
  if (decided.isOver) await pauseForWait(flow, run, { kind, words })
  return { kind: 'again', at: now + decided.pauseMs }
}

/** Requests whose answers are waited for no longer; of those that cannot have run it is not known which they are. */
function lost(words: string, unanswered: number, mostRan: number): Weighed {
  const idle = unanswered - mostRan
  if (idle === 0) return { kind: 'close', unanswered: { outcome: 'lost', reason: words } }
  const reason = `${words}; ${idle} of the ${unanswered} without an answer did not run, and nobody can tell which: a run with --pay-again asks all of them`
  return { kind: 'close', unanswered: { outcome: 'lost', reason, mayBePaid: mostRan } }
}

function evidenceOf(step: Step, { sums, unanswered }: Merger): Omit<Evidence, 'ending'> {
  const { accounting: lines, usage } = sums
  const { remoteCompleted: completed, remoteFailed: failed } = step.attempt
  const own = batchUsage(step.attempt)
  const at = (name: string): number => lines[name] ?? 0
  return {
    counts: { completed, failed },
    usedTokens: own === null ? null : own.inputTokens + own.outputTokens,
    lines: at('lines') - at('blank'),
    matched: at('applied') + at('again') + at('duplicates') + at('late'),
    readTokens: (usage['untold'] ?? 0) > 0 ? null : (usage['readTokens'] ?? 0),
    unanswered,
  }
}

/** What the requests are that no line answered and that did not run. */
function plainly(step: Step): Unanswered {
  switch (step.attempt.ending) {
    case 'expired':
      return { outcome: 'expired', reason: 'the batch expired before this line ran' }
    case 'cancelled':
      return cancelledOutcome(step)
    case 'lost':
    case 'completed':
    case 'failed':
    case null:
      return { outcome: 'missing', reason: 'in neither the output nor the error file' }
  }
}

/**
 * What the requests of a batch are that did not end well at a service which gives nothing back of such: there is nothing
 * to look for, and as many as it counts as answered may be paid, or all where it counts none of them in any way. Null:
 * the service gives back what it has.
 */
function forfeitedBy(
  step: Step,
  { requests }: Pick<BatchRow, 'requests'>,
  { lines, counts }: Pick<Evidence, 'lines' | 'counts'>,
): Unanswered | null {
  const { attempt, job } = step
  const { ending, outputPart, errorPart, remoteTotal } = attempt
  if (job.provider.limits.keepsPartials !== false || ending === 'completed' || lines > 0) return null
  if (outputPart !== null || errorPart !== null) return null
  const mayBePaid = remoteTotal === 0 ? requests : (counts?.completed ?? 0)
  if (ending === 'cancelled') return { ...cancelledOutcome(step), mayBePaid }
  return ending === 'expired'
    ? { outcome: 'expired', reason: 'the batch expired, and nothing of it is given back', mayBePaid }
    : { outcome: 'missing', reason: 'the batch failed, and nothing of it is given back', mayBePaid }
}

/** Only who cancelled the run wants its requests no more; those of a batch that was cancelled otherwise are sent again. */
export function cancelledOutcome({ run, spec, flow }: Step): Unanswered {
  if (run.state === 'cancelling') return { outcome: 'cancelled', reason: 'the run was cancelled' }
  const reason = isPastDeadline(run, spec, flow.clock.now())
    ? 'not answered before the deadline'
    : 'the batch was cancelled at the provider'
  return { outcome: 'expired', reason }
}

/** The next download is a file of its own where answers lie in this one; else it takes its place. */
async function retryAt(
  { flow, lease, attempt }: Step,
  { sums }: Merger,
  { wait, isNews }: ReturnType<typeof decideWait>,
): Promise<void> {
  const isUsed = (sums.accounting['applied'] ?? 0) > 0
  await withCrashPoints(flow.reach, 'merge.again.commit', () =>
    flow.store.lookForAnswers(lease.claim, {
      fetches: attempt.fetches + (isUsed ? 1 : 0),
      wait: { ...noWait, ...wait },
      happened: isNews
        ? {
            at: flow.clock.now(),
            kind: 'attempt.waits',
            data: { batch: attempt.batchN, for: wait.waitsFor, words: wait.waitWords },
          }
        : null,
    }),
  )
  if (isUsed) return
  await withCrashPoints(flow.reach, 'merge.again.remove', async () => {
    for (const kind of ['output', 'error'] as const) {
      const path = answerFile(flow.filesDir, attempt, kind)
      const known = (kind === 'output' ? attempt.outputBytes : attempt.errorBytes) ?? 0
      // What is longer was fetched after this state was kept, and may be at hand nowhere else: it is read instead.
      if (((await bytesOf(path)) ?? 0) <= known) await rm(path, { force: true })
    }
  })
}
