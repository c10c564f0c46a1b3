import { noWait, type Wait } from '../../domain/wait.ts'
import { decideWait } from '../../planning/waiting/wait.ts'
import type { Step } from '../step/step.ts'
import { pauseForWait, waitIsOver, waitTimings } from '../step/wait.ts'

/** A sink that takes longer for one call does not answer: a chunk is small, and what locks its rows is waited for less long. */
const silentMs = 10_000
const lookEveryMs = 2_000
const words = 'it has taken a call and does not answer'

/**
 * A watch on a sink that does not answer at all: it shows that a batch waits, as a call cannot be taken back and
 * whoever follows or cancels the run has to know. It is over with the next answer.
 */
export class SinkSilence implements Disposable {
  readonly #step: Step
  readonly #calls = new Set<{ readonly since: number }>()
  readonly #timer: NodeJS.Timeout
  #wait: Wait = noWait

  constructor(step: Step) {
    this.#step = step
    this.#timer = setInterval(() => void this.#look().catch(() => undefined), lookEveryMs)
    this.#timer.unref()
  }

  /** Waits for one call. */
  async during<Result>(call: Promise<Result>): Promise<Result> {
    const entry = { since: this.#step.flow.clock.now() }
    this.#calls.add(entry)
    try {
      return await call
    } finally {
      this.#calls.delete(entry)
      await this.#answered()
    }
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
  }

  async #look(): Promise<void> {
    const { flow, lease, run, attempt } = this.#step
    const now = flow.clock.now()
    const since = Math.min(...[...this.#calls].map((call) => call.since))
    if (now - since < silentMs) return
    const cause = { kind: 'sink', words } as const
    const decided = decideWait(this.#wait, cause, waitTimings(this.#step), now, 0.5)
    this.#wait = { ...decided.wait, waitingSince: since }
    if (decided.isNews)
      await flow.store.saveAttempt(
        lease.claim,
        { ...this.#wait },
        { at: now, kind: 'attempt.waits', data: { batch: attempt.batchN, for: cause.kind, words } },
      )
    if (decided.isOver) await pauseForWait(flow, run, cause)
  }

  async #answered(): Promise<void> {
    if (this.#wait.waitsFor === null || this.#calls.size > 0) return
    const { flow, lease, attempt } = this.#step
    const waited = { ...attempt, ...this.#wait }
    this.#wait = noWait
    await flow.store.saveAttempt(lease.claim, { ...noWait })
    const run = await flow.store.run(attempt.runId)
    if (run) await waitIsOver({ flow, run, attempt: waited })
  }
}
