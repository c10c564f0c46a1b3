import { setTimeout as sleep } from 'node:timers/promises'
import { diskFault } from '../../domain/disk-fault.ts'
import { OffpeakError } from '../../domain/errors.ts'
import { databaseFault, isPassing } from '../../planning/addresses/database-fault.ts'
import type { LockWait, TroubleBoard } from './trouble.ts'

/** Pauses between two tries, in milliseconds. */
const firstPauseMs = 5
const maxPauseMs = 250

export interface Outlasting {
  readonly board: TroubleBoard
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** How long a lock is waited for that others hold, in milliseconds. */
  readonly patienceMs: number
  /** How long a state is waited for that is away or full, in milliseconds; the signal ends it at once. */
  readonly awayMs: number
  readonly signal: AbortSignal
  /** Who holds the lock, for people; asked once a wait has lasted. */
  readonly holder: () => Promise<string | null>
  /** The state for people. */
  readonly place: string
  /** What the state threw, in words for people. */
  readonly words: (thrown: unknown) => string
  /** The error of a lock that was never let go, with who holds it where that is known. */
  readonly held: (thrown: unknown, holder: string | null) => unknown
}

export interface Outlasted {
  readonly name: string
  /** Whether nothing is left of what failed with a connection that was lost, so that it may be done again. */
  readonly leftNothing: (thrown: unknown) => boolean
}

/** After so long it is asked who is in the way, in milliseconds. */
const askAfterMs = 2_500

/**
 * The result of an act that is repeated while others hold a lock that it needs, or the state is away or full, with
 * growing pauses in which this process does other things. Only for what has done nothing when it fails. Throws what
 * `act` throws in the end.
 */
export async function outlastTrouble<Result>(
  act: () => Promise<Result>,
  { name, leftNothing }: Outlasted,
  { board, now, patienceMs, awayMs, signal, holder, place, words, held }: Outlasting,
): Promise<Result> {
  const begun = now()
  let pauseMs = firstPauseMs
  let wait: LockWait | null = null
  let isNamed = false
  let holding: string | null = null
  try {
    for (;;) {
      try {
        const result = await act()
        board.reached(name)
        return result
      } catch (thrown) {
        const waitedMs = now() - begun
        const trouble = troubleOf(thrown)
        if (trouble === null) throw thrown
        if (trouble !== 'busy') {
          board.down(trouble === 'full' ? 'full' : 'away', words(thrown), name)
          const isSafe = trouble !== 'lost' || leftNothing(thrown)
          if (!isSafe || waitedMs >= awayMs || signal.aborted) throw thrown
        } else {
          if (waitedMs >= patienceMs) {
            wait?.givenUp()
            wait = null
            throw held(thrown, holding)
          }
          wait ??= board.wait(`waiting for a lock on ${place}`, begun, name)
          if (waitedMs >= askAfterMs && !isNamed) {
            isNamed = true
            holding = await holder().catch(() => null)
            if (holding !== null) wait.named(`waiting for a lock on ${place}, which ${holding} holds`)
          }
        }
      }
      // Locks are waited for to the end: what is let go of is what nobody knows the end of.
      const rest = wait === null ? { signal } : {}
      await sleep(pauseMs * (0.5 + Math.random() / 2), undefined, rest).catch(() => undefined)
      pauseMs = Math.min(maxPauseMs, pauseMs * 2)
    }
  } finally {
    wait?.over()
  }
}

/** What has to pass before the same can succeed; null: it is nothing that passes. */
function troubleOf(thrown: unknown): 'busy' | 'unreachable' | 'lost' | 'full' | null {
  if (diskFault(thrown) === 'full') return 'full'
  // What another part of ours has named has its cause.
  const fault = databaseFault(thrown instanceof OffpeakError && isPassing(thrown) ? thrown.cause : thrown)
  if (fault === 'undone') return null
  return fault === 'timed_out' ? 'busy' : fault
}
