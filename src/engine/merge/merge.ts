import type { Sums } from '../../domain/sums.ts'
import { OffpeakError } from '../../domain/errors.ts'
import { type After, end, retryAt, type Step } from '../step/step.ts'
import { answerFile } from '../files/durable-file.ts'
import { isPassing } from '../../planning/addresses/database-fault.ts'
import { withCrashPoints } from '../crash-points.ts'
import type { Flow } from '../flow.ts'
import { BatchLines } from '../answers/batch-lines.ts'
import { answersAtHand } from './lost-answers.ts'
import { Merger } from './merger.ts'
import { SinkSilence } from './sink-silence.ts'
import { stopIfNoneUsable } from './none-usable.ts'
import { openTarget, ownerOf } from '../job/target.ts'
import { waitFor, waitIsOver } from '../step/wait.ts'
import { settle } from './settle.ts'
import { cancelledOutcome, type Weighed, weigh } from './weigh.ts'
import { microFromPico } from '../../domain/money.ts'

const turnAgainMs = 250
const turnsOf = new WeakMap<Flow, MergeTurns>()

/**
 * The step that reads a finished batch's answers from disk and writes the good ones into the sink, chunk by chunk; each
 * chunk is durable in the sink before the state says so, and writing it again changes nothing. Then the money is
 * settled.
 */
export async function merge(step: Step): Promise<After> {
  const { flow } = step
  const turns = turnsOf.get(flow) ?? new MergeTurns()
  turnsOf.set(flow, turns)
  using turn = turns.ask()
  return turn === null ? retryAt(flow.clock.now() + turnAgainMs) : await mergeAll(step, turn)
}

async function mergeAll(step: Step, turn: MergeTurn): Promise<After> {
  const { flow, lease, attempt, run, spec, job } = step
  const outputBytes = attempt.outputBytes ?? 0
  const files = [
    { path: answerFile(flow.filesDir, attempt, 'output'), bytes: outputBytes, base: 0 },
    {
      path: answerFile(flow.filesDir, attempt, 'error'),
      bytes: attempt.errorBytes ?? 0,
      base: outputBytes,
    },
  ]
  const atHand = await answersAtHand(step, files)
  if (atHand.kind !== 'at_hand') return atHand
  let usage: Sums
  try {
    // Opened before it is our turn, so that whoever is next finds the connections of those before it.
    using silence = new SinkSilence(step)
    await using target = await silence.during(openTarget(flow, job, ownerOf(run, spec.redo)))
    await turn.come
    if (lease.signal.aborted) return retryAt(flow.clock.now())
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
      silence,
      cancelled: cancelledOutcome(step),
    })
    for (const file of atHand.files) {
      const from = Math.max(0, attempt.mergedBytes - file.base)
      if (from < file.bytes) await merger.read(file, from)
    }
    const weighed: Weighed = atHand.lost
      ? { kind: 'close', unanswered: atHand.lost }
      : await weigh(step, batch, merger)
    if (weighed.kind === 'again') return retryAt(weighed.at)
    await merger.leftOver(weighed.unanswered)
    usage = merger.sums.usage
  } catch (thrown) {
    if (
      !(thrown instanceof OffpeakError) ||
      thrown.code === 'E_FENCED' ||
      thrown.code === 'E_DISK' ||
      thrown.code === 'E_BUG'
    )
      throw thrown
    const { message, fix } = thrown
    const mayPass = isPassing(thrown)
    return waitFor(step, {
      kind: 'sink',
      words: mayPass || fix === null ? message : `${message}; ${fix}`,
      pauseNow: !mayPass,
    })
  }
  await stopIfNoneUsable(step)
  await noteOtherTier(step, usage)
  await settle(step, usage)
  await waitIsOver(step)
  await clean(step, usage)
  return end
}

/**
 * The removal of files at the provider that are no longer needed; done again at the end of the run if it fails here.
 * Where answers are missing that the provider may still give, everything stays where it is; and so does what another
 * copy of the project may have made, and not fetched yet.
 */
export async function clean(
  { flow, attempt, job }: Pick<Step, 'flow' | 'attempt' | 'job'>,
  usage: Sums,
): Promise<void> {
  const { store, reach } = flow
  if ((usage['heldLines'] ?? 0) > 0) return
  if (await store.isOfAnotherCopy(attempt.nonce)) return
  for (const fileId of [attempt.staged, attempt.outputPart, attempt.errorPart]) {
    if (fileId === null) continue
    const deleted = await withCrashPoints(reach, 'clean.remote.delete', () => job.provider.discard(fileId))
    if (deleted.kind !== 'accepted' && !(deleted.kind === 'refused' && deleted.cause === 'gone')) return
  }
  await withCrashPoints(reach, 'clean.commit', () => store.markCleaned(attempt.id))
}

/** Batches that one process merges at once: two keep the database busy, and each holds its requests in memory. */
const mergesAtOnce = 2

/** The right to merge a batch, given back when it is disposed, come or not. */
export interface MergeTurn extends Disposable {
  /** When the merge may begin. */
  readonly come: Promise<void>
}

/** Turns of the merges in this process: the next one begins the moment another is done. */
export class MergeTurns {
  #merging = 0
  #next: (() => void) | null = null

  /** A turn, now or next; null when somebody is next already: come again, and leave room for other work until then. */
  ask(): MergeTurn | null {
    if (this.#merging < mergesAtOnce) {
      this.#merging += 1
      return { come: Promise.resolve(), [Symbol.dispose]: () => this.#end() }
    }
    if (this.#next !== null) return null
    const { promise, resolve } = Promise.withResolvers<void>()
    let has = false
    const start = (): void => {
      has = true
      resolve()
    }
    this.#next = start
    return {
      come: promise,
      [Symbol.dispose]: () => {
        if (has) this.#end()
        else this.#next = null
      },
    }
  }

  /** Whoever is done hands its turn on, so that it stays taken. */
  #end(): void {
    const next = this.#next
    this.#next = null
    if (next) next()
    else this.#merging -= 1
  }
}

/**
 * The note of answers that a service says it has served in another tier: they are billed, but not at the price of the
 * plan.
 */
export async function noteOtherTier(
  { flow, attempt }: Pick<Step, 'flow' | 'attempt'>,
  usage: Sums,
): Promise<void> {
  const answers = usage['otherTierLines'] ?? 0
  if (answers === 0) return
  await flow.store.addEvent(attempt.runId, flow.clock.now(), 'answers.tier', {
    batch: attempt.batchN,
    answers,
    costMicroUsd: microFromPico(usage['otherTierPicoUsd'] ?? 0),
  })
}
