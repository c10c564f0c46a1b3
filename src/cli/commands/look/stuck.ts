import type { AttemptState } from '../../../domain/attempt.ts'
import type { RunStatus } from '../../../engine/queries/status.ts'
import type { Project } from '../../../compose/project.ts'

/** A wait that may be over with its next try is given this share of the time that a step may be silent. */
const patience = 1 / 3

const over: readonly AttemptState[] = ['merged', 'void', 'fenced']
/** Downloads have bounds of their own, and a large one takes its time. */
const downloading: readonly AttemptState[] = ['completed', 'failed', 'expired', 'cancelled', 'lost']

/**
 * A test whether all that is left of a run waits for somebody who does not answer, so that looking on is of no use. It
 * has to be asked again and again, as it remembers since when each step has been at work.
 */
export class Stuck {
  readonly #offpeak: Pick<Project, 'status' | 'store' | 'flow'>
  readonly #startedAt: number
  /** A step that has been at work for so long without any change has an answer to wait for that does not come. */
  readonly #silentMs: number
  readonly #busy = new Map<string, { readonly looks: string; readonly since: number }>()

  constructor(offpeak: Pick<Project, 'status' | 'store' | 'flow'>) {
    this.#offpeak = offpeak
    this.#startedAt = offpeak.flow.clock.now()
    this.#silentMs = offpeak.flow.timings.silentMs
  }

  async isStuck(runId: string): Promise<boolean> {
    const { status: statusOf, store, flow } = this.#offpeak
    const now = flow.clock.now()
    const [status, attempts, run] = await Promise.all([
      statusOf(runId),
      store.attemptSummaries(runId),
      store.run(runId),
    ])
    if (status.state === 'done' || status.state === 'cancelled') return false
    const leased = new Set(attempts.filter(({ leaseUntil }) => leaseUntil > now).map(({ batchN }) => batchN))
    const open = status.batches.filter(({ state }) => !over.includes(state))
    const steps = open.map((batch) => {
      const isSilent = this.#isSilent(String(batch.n), JSON.stringify(batch), leased.has(batch.n), now)
      const isStuck = this.#isHopeless(batch.wait, now) || (isSilent && !downloading.includes(batch.state))
      return { isStuck, isMerging: batch.state === 'collected' }
    })
    // Those that come next wait for their turn at the same sink.
    const isSinkStuck = steps.some(({ isStuck, isMerging }) => isStuck && isMerging)
    const looks = JSON.stringify([status.counts, status.batches.map(({ state }) => state)])
    const isRunSilent = this.#isSilent('run', looks, (run?.leaseUntil ?? 0) > now, now)
    return steps.length > 0
      ? steps.every(({ isStuck, isMerging }) => isStuck || (isSinkStuck && isMerging))
      : this.#isHopeless(status.wait, now) || isRunSilent
  }

  #isSilent(name: string, looks: string, isLeased: boolean, now: number): boolean {
    const before = this.#busy.get(name)
    if (!isLeased) this.#busy.delete(name)
    else if (before?.looks === looks) return now - before.since >= this.#silentMs
    else this.#busy.set(name, { looks, since: now })
    return false
  }

  /** What was waited for before is tried once more first. */
  #isHopeless(wait: RunStatus['wait'], now: number): boolean {
    // A batch that its provider denies is given up after a few tries by whoever cancels.
    if (wait === null || wait.for === 'batch') return false
    const { since, nextAt } = wait
    const patienceMs = this.#silentMs * patience
    return (
      now - Math.max(since, this.#startedAt) >= patienceMs || (nextAt !== null && nextAt - now >= patienceMs)
    )
  }
}
