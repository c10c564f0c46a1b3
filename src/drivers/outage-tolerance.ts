import { setTimeout as sleep } from 'node:timers/promises'
import { maySucceedLater } from '../planning/addresses/database-fault.ts'

/** How long a driver waits for a database that is away or busy, before it tells a person, in milliseconds. */
const defaultPatienceMs = 600_000

export interface OutageTolerance {
  /** This worked: whatever was away for it is back. */
  readonly succeeded: (what: string) => void
  /** Throws what it is given, unless it is a database that is away and may yet come back. */
  readonly failed: (what: string, thrown: unknown) => void
}

/**
 * A tolerance that lets a driver live through the restart of a database: what it had begun is safe, and it continues
 * when the database is back.
 */
export function patience(now: () => number, patienceMs: number = defaultPatienceMs): OutageTolerance {
  const awaySince = new Map<string, number>()
  return {
    succeeded: (what) => void awaySince.delete(what),
    failed(what, thrown) {
      if (!maySucceedLater(thrown)) throw thrown
      const since = awaySince.get(what) ?? now()
      awaySince.set(what, since)
      if (now() - since >= patienceMs) throw thrown
    },
  }
}

/** Pauses between two tries, in milliseconds. */
const firstPauseMs = 250
const maxPauseMs = 5_000

/**
 * The result of an act that may be done twice, repeated until the database lets it through, for as long as it takes or
 * until the signal; then, and for everything that does not pass by itself, throws what `act` threw last. The state
 * itself says that it is waited for.
 */
export async function outlast<Result>(act: () => Promise<Result>, signal: AbortSignal): Promise<Result> {
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(maxPauseMs, pauseMs * 2)) {
    try {
      return await act()
    } catch (thrown) {
      if (signal.aborted || !maySucceedLater(thrown)) throw thrown
    }
    await sleep(pauseMs * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => undefined)
  }
}
