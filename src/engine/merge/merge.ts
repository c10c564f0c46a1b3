import { parseSums } from '../../domain/sums.ts'
import { OffpeakError } from '../../domain/errors.ts'
import { formatUsd, microFromPico } from '../../domain/money.ts'
import { type After, end, lookAgain, type Step } from '../step.ts'
import { answerFile } from '../requests/artefacts.ts'
import { perform } from '../crash-points.ts'
import type { Flow } from '../flow.ts'
import { isPastDeadline } from '../ask/lane.ts'
import { BatchLines } from './batch-lines.ts'
import { MergeTurns, type MergeTurn } from './merge-turns.ts'
import { Merger, type Unanswered } from './merger.ts'
import { openTarget } from './target.ts'
import { pauseRun } from '../pause.ts'

const databaseAgainMs = 10_000

const turnAgainMs = 250
const turnsOf = new WeakMap<Flow, MergeTurns>()

/**
 * Reads a finished batch's answers from disk and writes what is good into the sink, chunk by chunk; each chunk is
 * durable in the sink before the state says so, and writing it again changes nothing. Then the money is settled.
 */
export async function merge(step: Step): Promise<After> {
  const { flow } = step
  const turns = turnsOf.get(flow) ?? new MergeTurns()
  turnsOf.set(flow, turns)
  using turn = turns.ask()
  return turn === null ? lookAgain(flow.clock.now() + turnAgainMs) : await mergeAll(step, turn)
}

async function mergeAll(step: Step, turn: MergeTurn): Promise<After> {
  const { flow, lease, attempt, run, spec, job } = step
  try {
    // Opened before it is our turn, so that whoever is next finds the connections of those before it.
    await using target = await openTarget(flow, job)
    await turn.come
    if (lease.signal.aborted) return lookAgain(flow.clock.now())
    const batch = await flow.store.batch(attempt.runId, attempt.batchN)
    if (!batch) throw new OffpeakError('E_BUG', `attempt ${attempt.id} has no batch`)
    const asked = await BatchLines.read(flow.store, batch)
    await using merger = new Merger({
      flow,
      lease,
      run,
      spec,
      job,
      attempt,
      batch,
      asked,
      target,
      cancelled: cancelledFate(step),
    })
    const outputBytes = attempt.outputBytes ?? 0
    const files = [
      { path: answerFile(flow.filesDir, attempt.id, attempt.nonce, 'output'), bytes: outputBytes, base: 0 },
      {
        path: answerFile(flow.filesDir, attempt.id, attempt.nonce, 'error'),
        bytes: attempt.errorBytes ?? 0,
        base: outputBytes,
      },
    ]
    for (const file of files) {
      const from = Math.max(0, attempt.mergedBytes - file.base)
      if (from < file.bytes) await merger.read(file, from)
    }
    await merger.leftOver(leftOver(step))
  } catch (thrown) {
    if (
      !(thrown instanceof OffpeakError) ||
      thrown.code === 'E_FENCED' ||
      thrown.code === 'E_DISK' ||
      thrown.code === 'E_BUG'
    )
      throw thrown
    await flow.store.saveAttempt(lease.claim, { reason: attempt.reason })
    if (!thrown.code.startsWith('E_DATABASE'))
      await pauseRun(flow, run, {
        kind: 'job',
        reason: `the answers cannot be written: ${thrown.message}`,
      })
    await flow.store.addEvent(run.id, flow.clock.now(), 'sink.failed', {
      code: thrown.code,
      message: thrown.message,
    })
    return lookAgain(flow.clock.now() + databaseAgainMs)
  }
  await settle(step)
  await clean(step)
  return end
}

/** What the requests are that no line answered. */
function leftOver(step: Step): Unanswered {
  switch (step.attempt.reason) {
    case 'expired':
      return { outcome: 'expired', reason: 'the batch expired before this line ran' }
    case 'cancelled':
      return cancelledFate(step)
    case 'lost':
      return { outcome: 'lost', reason: 'the provider no longer has the answers' }
    case null:
    default:
      return { outcome: 'missing', reason: 'in neither the output nor the error file' }
  }
}

/** Only who cancelled the run wants its requests no more; those of a batch that was cancelled otherwise are sent again. */
function cancelledFate({ run, spec, flow }: Step): Unanswered {
  if (run.state === 'cancelling') return { outcome: 'cancelled', reason: 'the run was cancelled' }
  const reason = isPastDeadline(run, spec, flow.clock.now())
    ? 'not answered before the deadline'
    : 'the batch was cancelled at the provider'
  return { outcome: 'expired', reason }
}

async function settle({ flow, lease, attempt }: Step): Promise<void> {
  const { store, clock, reach } = flow
  const batch = await store.batch(attempt.runId, attempt.batchN)
  const usage = parseSums(batch?.usage ?? '{}')
  const lost = attempt.reason === 'lost'
  const { possiblyPaidMicroUsd } = attempt
  const amountMicroUsd = lost
    ? attempt.reservedMicroUsd
    : microFromPico(usage.costPicoUsd ?? 0) + possiblyPaidMicroUsd
  const note = lost
    ? 'the answers are gone; what was reserved counts as spent'
    : amountMicroUsd > attempt.reservedMicroUsd
      ? 'more than was reserved'
      : possiblyPaidMicroUsd > 0
        ? `${formatUsd(possiblyPaidMicroUsd)} of it for calls whose fate is not known`
        : null
  await perform(reach, 'merge.settle.commit', () =>
    store.settle(lease.claim, { amountMicroUsd, now: clock.now(), note, to: 'merged' }),
  )
}

/** Removes what is no longer needed at the provider; done again at the end of the run if it fails here. */
export async function clean({ flow, attempt, job }: Pick<Step, 'flow' | 'attempt' | 'job'>): Promise<void> {
  const { store, reach } = flow
  for (const fileId of [attempt.fileId, attempt.outputFileId, attempt.errorFileId]) {
    if (fileId === null) continue
    const deleted = await perform(reach, 'clean.remote.delete', () => job.provider.deleteFile(fileId))
    if (deleted.kind !== 'accepted' && !(deleted.kind === 'refused' && deleted.cause === 'gone')) return
  }
  await perform(reach, 'clean.commit', () => store.markCleaned(attempt.id))
}
