import { setTimeout as sleep } from 'node:timers/promises'
import type { WorkItem } from '../ports/store/runs.ts'
import { patience } from './outage-tolerance.ts'

/** Functions of the flow that a driver needs: what is due, and the one function that moves a unit on. */
export interface Driven {
  readonly due: (limit: number) => Promise<readonly WorkItem[]>
  readonly nextDue: () => Promise<number | null>
  /** When to look again; `busy`: another process holds the unit; `left`: this one leaves it to others for a while. */
  readonly advance: (unit: WorkItem, signal: AbortSignal) => Promise<'busy' | 'left' | number | null>
  readonly now: () => number
}

export interface DriverOptions {
  /** Units that are moved on at once. */
  readonly concurrency: number
  readonly signal: AbortSignal
  /**
   * Asked when nothing is at work, and now and then while something is (`isIdle` tells which); true ends the driver
   * when what it has begun is done.
   */
  readonly isOver: (isIdle: boolean) => Promise<boolean>
}

/** Work that others may have done or made is looked for at least so often. */
const maxRestMs = 1_000
const minRestMs = 10
/** Whether it is over is not asked more often than this while something is at work: the answer may take some counting. */
const isOverEveryMs = 1_000

/**
 * The local driver: it calls `advance` for whatever is due, in this process, until told that it is over or stopped. A
 * database that is away is waited for; any other error of one unit ends the driver: the state is safe, and a person
 * should see it.
 */
export async function driveLocally(driven: Driven, options: DriverOptions): Promise<void> {
  const { concurrency, signal, isOver } = options
  const running = new Map<string, Promise<void>>()
  const failures: unknown[] = []
  let ended = 0
  let askedAt = driven.now()
  const { succeeded, failed } = patience(driven.now)
  const note = (what: string, thrown: unknown): void => {
    try {
      failed(what, thrown)
    } catch {
      failures.push(thrown)
    }
  }
  const start = (unit: WorkItem): void => {
    const name = `${unit.kind} ${unit.id}`
    if (running.has(name)) return
    const work = driven.advance(unit, signal).then(
      () => succeeded(name),
      (thrown: unknown) => note(name, thrown),
    )
    running.set(
      name,
      work.finally(() => {
        running.delete(name)
        ended += 1
      }),
    )
  }
  while (!signal.aborted && failures.length === 0) {
    let restMs = maxRestMs
    const endedBefore = ended
    try {
      const isIdle = running.size === 0
      if (isIdle || driven.now() - askedAt >= isOverEveryMs) {
        askedAt = driven.now()
        if (await isOver(isIdle)) break
      }
      if (running.size < concurrency)
        for (const unit of await driven.due(concurrency * 2)) if (running.size < concurrency) start(unit)
      // With all hands full there is nothing to ask until one is free again, which ends the rest.
      if (running.size < concurrency) restMs = await untilNextDue(driven)
      succeeded('state')
    } catch (thrown) {
      note('state', thrown)
    }
    // What ended while the state was asked may have made something due, or the end of it all.
    if (ended !== endedBefore) continue
    const rest = new AbortController()
    const rested = sleep(restMs, undefined, { signal: AbortSignal.any([signal, rest.signal]) }).catch(
      () => undefined,
    )
    await Promise.race([...running.values(), rested])
    // A timer that nobody waits for any more would keep the process from ending.
    rest.abort()
  }
  await Promise.allSettled(running.values())
  if (failures.length > 0) throw failures[0]
}

async function untilNextDue(driven: Driven): Promise<number> {
  const next = await driven.nextDue()
  return Math.min(maxRestMs, Math.max(minRestMs, next === null ? maxRestMs : next - driven.now()))
}
