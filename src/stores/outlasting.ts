import { setTimeout as sleep } from 'node:timers/promises'
import { type DatabaseFault, databaseFault } from '../planning/database-fault.ts'
import type { TroubleBoard } from './trouble.ts'

/** Pauses between two tries for a lock, in milliseconds. */
const firstPauseMs = 5
const maxPauseMs = 250

export interface Outlasting {
  readonly board: TroubleBoard
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** What is waited for besides locks. */
  readonly also?: DatabaseFault
  /** How long it is waited, in milliseconds. */
  readonly patienceMs: number
  /** Who holds the lock, for people; asked once a wait has lasted. */
  readonly holder: () => Promise<string | null>
  /** The state for people. */
  readonly place: string
}

/** After so long it is asked who is in the way, in milliseconds. */
const askAfterMs = 2_500

/**
 * Does something again and again while others hold a lock that it needs, with growing pauses in which this process does
 * other things. Only for what has done nothing when it fails. Throws what `act` throws in the end.
 */
export async function outlastLocks<Result>(
  act: () => Promise<Result>,
  { board, now, patienceMs, holder, place, also }: Outlasting,
): Promise<Result> {
  const begun = now()
  let pauseMs = firstPauseMs
  let wait: ReturnType<TroubleBoard['wait']> | null = null
  let isNamed = false
  try {
    for (;;) {
      try {
        return await act()
      } catch (thrown) {
        const waitedMs = now() - begun
        const fault = databaseFault(thrown)
        const isHeldUp = fault === 'busy' || fault === 'timed_out'
        if (fault === null || (!isHeldUp && fault !== also) || waitedMs >= patienceMs) throw thrown
        if (isHeldUp) wait ??= board.wait(`waiting for a lock on ${place}`, begun)
        if (wait !== null && waitedMs >= askAfterMs && !isNamed) {
          isNamed = true
          const name = await holder().catch(() => null)
          if (name !== null) wait.named(`waiting for a lock on ${place}, which ${name} holds`)
        }
      }
      await sleep(pauseMs * (0.5 + Math.random() / 2))
      pauseMs = Math.min(maxPauseMs, pauseMs * 2)
    }
  } finally {
    wait?.over()
  }
}
