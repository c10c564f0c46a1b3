import { OffpeakError } from '../../domain/errors.ts'
import { type After, end, proceed, retryAt, type Step } from '../step/step.ts'
import type { BatchRow } from '../../ports/state.ts'
import { AnswerReader } from '../answers/batch-lines.ts'
import { answerFile, bytesOf } from '../files/durable-file.ts'
import { lineGroups } from '../files/file-lines.ts'
import { noteIntent } from '../step/intents.ts'
import { AskingLog, hasLog } from './asking-log.ts'
import { AskingSession } from './asking-session.ts'
import { withCrashPoints } from '../crash-points.ts'
import type { Flow } from '../flow.ts'
import { possiblyPaid } from './possibly-paid.ts'

const pausedMs = 300_000

/** Files that one process asks at once: two keep the turnstile busy, and leave the driver free for other work. */
const filesAtOnce = 2
const turnAgainMs = 250
const asking = new WeakMap<Flow, number>()

/**
 * The step that sends the requests of a file one by one and keeps the answers as the lines of an output file, so that
 * all that follows is the same as for a batch. Each call is noted before it is made; one whose answer was not kept when
 * its process died counts as paid, and is reported so.
 */
export async function ask(step: Step): Promise<After> {
  const { flow } = step
  const others = asking.get(flow) ?? 0
  if (others >= filesAtOnce) return retryAt(flow.clock.now() + turnAgainMs)
  asking.set(flow, others + 1)
  try {
    return await askAll(step)
  } finally {
    asking.set(flow, (asking.get(flow) ?? 1) - 1)
  }
}

async function askAll(step: Step): Promise<After> {
  const { flow, lease, attempt, run, spec } = step
  const { store, clock, reach } = flow
  if (attempt.state === 'reserved' && run.state === 'cancelling') {
    await withCrashPoints(reach, 'cancel.void.commit', () =>
      store.voidAttempt(lease.claim, {
        reason: 'cancelled before it was sent',
        now: clock.now(),
        again: null,
        outcome: { outcome: 'cancelled', reason: 'cancelled before it was sent' },
      }),
    )
    return end
  }
  if (run.state === 'paused') return retryAt(clock.now() + pausedMs)
  const quota = await store.quota(spec.quotaKey)
  if (quota && quota.notBefore > clock.now() && run.state !== 'cancelling') return retryAt(quota.notBefore)
  const batch = await store.batch(attempt.runId, attempt.batchN)
  if (!batch) throw new OffpeakError('E_BUG', `attempt ${attempt.id} has no batch`, { money: 'unknown' })
  if (attempt.state === 'reserved') {
    if (attempt.idTag === null) await noteIntent(step, batch)
    await withCrashPoints(reach, 'ask.start.commit', () =>
      store.move(lease.claim, 'asking', { triedAt: clock.now(), remoteTotal: batch.requests }),
    )
  }
  const kept = await keptAnswers(step, batch)
  if (kept) return takeKept(step, kept)
  await using log = await AskingLog.open(flow.filesDir, attempt, lease.claim.epoch)
  const session = new AskingSession(step, batch, log)
  const ended = run.state === 'cancelling' ? await session.close() : await session.work()
  if (ended.kind === 'later') return retryAt(ended.at)
  lease.check()
  const possiblyPaidMicroUsd = await possiblyPaid(step, batch, log.unsure)
  const outputBytes = await withCrashPoints(reach, 'ask.answers.rename', () => log.assemble())
  const { answered, unsure } = log.counts
  await withCrashPoints(reach, 'ask.commit', () =>
    store.move(lease.claim, ended.kind === 'all' ? 'completed' : 'cancelled', {
      outputBytes,
      possiblyPaidMicroUsd,
      remoteCompleted: answered,
      remoteFailed: unsure,
      reason: null,
    }),
  )
  await log.remove()
  return proceed
}

interface KeptAnswers {
  readonly bytes: number
  readonly answered: number
  readonly unsure: ReadonlySet<number>
  readonly possiblyPaidMicroUsd: number
}

/** Answers that lie whole on our disk, whose log is gone: the state was restored to a time before they were. */
async function keptAnswers(step: Step, batch: BatchRow): Promise<KeptAnswers | null> {
  const { flow, attempt, job } = step
  const path = answerFile(flow.filesDir, { ...attempt, fetches: 0 }, 'output')
  const bytes = await bytesOf(path)
  if (bytes === null || (await hasLog(flow.filesDir, attempt))) return null
  const reader = new AnswerReader(job.provider, attempt.idTag ?? batch.tag)
  const unsure = new Set<number>()
  let answered = 0
  for await (const group of lineGroups(path))
    for (const line of group) {
      const { found } = reader.read(line)
      if (!found || 'kind' in found) continue
      if (found.answer.kind === 'error' && found.answer.outcome === 'unsure') unsure.add(found.line)
      else answered += 1
    }
  return { bytes, answered, unsure, possiblyPaidMicroUsd: await possiblyPaid(step, batch, unsure) }
}

async function takeKept({ flow, lease }: Step, kept: KeptAnswers): Promise<After> {
  await withCrashPoints(flow.reach, 'ask.commit', () =>
    flow.store.move(lease.claim, 'completed', {
      outputBytes: kept.bytes,
      possiblyPaidMicroUsd: kept.possiblyPaidMicroUsd,
      remoteCompleted: kept.answered,
      remoteFailed: kept.unsure.size,
    }),
  )
  return proceed
}
