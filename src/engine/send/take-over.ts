import type { Intent } from '../../domain/intent.ts'
import { formatUsd } from '../../domain/money.ts'
import { chooseIntent } from '../../planning/choose-intent.ts'
import type { RemoteBatch } from '../../ports/provider.ts'
import type { BatchRow } from '../../ports/state.ts'
import { perform } from '../crash-points.ts'
import { inputHash, linkAnswers } from '../requests/intent-files.ts'
import { budgetsOf } from '../spec.ts'
import { type After, goOn, lookAgain, type Step } from '../step.ts'
import { waitFor, waitIsOver } from '../wait.ts'
import { releaseProven } from './fenced.ts'
import { learnIntents } from './intents.ts'

/** The provider's clock and ours may differ by so much. */
const marginMs = 3_600_000
/** Others of this process are at it. */
const soonMs = 300

/**
 * Before a file is sent it is held against what was sent by a state that is gone: one restored to an earlier time, or
 * a new one where files are. A file of the same content goes on as that try, which the provider is asked about like
 * any create without an answer. While others are left that match no file, a person decides. Null: nothing is left of
 * any other state.
 */
export async function takeOver(step: Step): Promise<After | null> {
  const { flow, attempt, run } = step
  await learnIntents(flow, run)
  const unknown = await flow.store.unknownIntents(run.job)
  if (unknown.length === 0) {
    if (attempt.waitsFor === 'earlier') await waitIsOver(step)
    return null
  }
  const batch = await flow.store.batch(attempt.runId, attempt.batchN)
  if (!batch) return null
  const hash = await inputHash(flow.filesDir, batch.tag)
  const choice = chooseIntent(unknown, { nonce: attempt.nonce, inputHash: hash })
  if (choice.kind === 'take') return take(step, batch, choice.intent)
  // What is paused or cancelled sends nothing.
  if (choice.kind === 'none' || (run.state !== 'running' && run.state !== 'building')) return null
  return ask(step, choice.unmatched)
}

async function take(step: Step, batch: BatchRow, intent: Intent): Promise<After> {
  const { flow, lease, attempt, run, spec } = step
  const { store, clock, reach, filesDir } = flow
  const isAsked = batch.lane !== 'batch'
  await linkAnswers(filesDir, `${intent.attemptId}-${intent.nonce}`, `${attempt.id}-${intent.nonce}`)
  const now = clock.now()
  const taken = await perform(reach, 'intent.take.commit', () =>
    store.takeIntent(lease.claim, {
      intent,
      to: isAsked ? 'reserved' : 'in_doubt',
      reservation: {
        budgets: budgetsOf(run, spec, now),
        // What was reserved then was counted more exactly than what is known of a file that was just built.
        amountMicroUsd:
          intent.maxCostMicroUsd > 0
            ? Math.min(intent.maxCostMicroUsd, batch.maxCostMicroUsd)
            : batch.maxCostMicroUsd,
        quotaKey: spec.quotaKey,
        tokens: isAsked ? 0 : batch.maxTokens,
        job: run.job,
      },
      now,
    }),
  )
  if (taken === 'short') {
    if (await releaseProven(flow, step.job.provider, run)) return goOn
    return waitFor(step, {
      kind: 'budget',
      words: 'what was sent by a state that is gone counts once others have given back what they hold',
    })
  }
  if (taken === 'gone') return goOn
  if (attempt.fileId !== null && attempt.fileId !== intent.fileId)
    await step.job.provider.deleteFile(attempt.fileId, lease.signal)
  await store.addEvent(run.id, now, 'intent.taken', { batch: attempt.batchN, requests: batch.requests })
  return goOn
}

/** States before anything was created. */
const unsent = ['waiting', 'reserved', 'uploading', 'uploaded'] as const

/** Whether files that are built, or will be, may yet turn out to be those of unknown intents. */
async function mayMatch({ flow, run, attempt }: Step, unmatched: readonly Intent[]): Promise<boolean> {
  const others = (await flow.store.attempts(run.id, unsent)).filter(({ id }) => id !== attempt.id)
  if (run.sourceDone === 0 && others.length + 1 < flow.timings.filesAhead) return true
  for (const other of others) {
    const batch = await flow.store.batch(run.id, other.batchN)
    if (!batch) continue
    const hash = await inputHash(flow.filesDir, batch.tag)
    if (unmatched.some(({ nonce, inputHash }) => nonce === other.nonce || inputHash === hash)) return true
  }
  // Read after the attempts: one that is none of the unsent any more may have taken its intent.
  const open = new Set((await flow.store.unknownIntents(run.job)).map(({ nonce }) => nonce))
  return unmatched.some(({ nonce }) => !open.has(nonce))
}

/** Batches that ended without anything that was paid are no reason to wait. */
async function ask(step: Step, unmatched: readonly Intent[]): Promise<After> {
  const { flow, job, lease } = step
  if (await mayMatch(step, unmatched)) return lookAgain(flow.clock.now() + soonMs)
  const oldest = Math.min(...unmatched.map(({ at }) => at))
  const listed = await job.provider.batches(oldest - marginMs, lease.signal)
  const shown = listed.kind === 'accepted' ? listed.value : []
  const unpaid = unmatched.filter((intent) =>
    shown.some((batch) => batch.metadata['offpeak_nonce'] === intent.nonce && isUnpaid(batch)),
  )
  if (unpaid.length > 0) {
    await flow.store.closeIntents(unpaid.map(({ nonce }) => nonce))
    return goOn
  }
  const requests = unmatched.reduce((sum, intent) => sum + intent.requests, 0)
  const costMicroUsd = unmatched.reduce((sum, intent) => sum + intent.maxCostMicroUsd, 0)
  const files = unmatched.length === 1 ? 'one file' : `${unmatched.length} files`
  return waitFor(step, {
    kind: 'earlier',
    words: `${files} of this job with ${requests} requests (at most ${formatUsd(costMicroUsd)}) were sent by a state that is gone, and match no file of this run; what is sent now may be paid a second time`,
    pauseNow: true,
  })
}

function isUnpaid({ state, counts, usage }: RemoteBatch): boolean {
  return state === 'failed' && (counts?.completed ?? 0) === 0 && usage === null
}
