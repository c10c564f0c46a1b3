import { OffpeakError } from '../domain/errors.ts'

/** How long a driver waits for a database that has gone away, before it tells a person. */
const defaultPatienceMs = 120_000

export interface Patience {
  /** This worked: whatever was away for it is back. */
  readonly succeeded: (what: string) => void
  /** Throws what it is given, unless it is a database that is away and may yet come back. */
  readonly failed: (what: string, thrown: unknown) => void
}

/** Lets a driver live through the restart of a database: what it had begun is safe, and it goes on when it is back. */
export function patience(now: () => number, patienceMs: number = defaultPatienceMs): Patience {
  const awaySince = new Map<string, number>()
  return {
    succeeded: (what) => void awaySince.delete(what),
    failed(what, thrown) {
      if (!(thrown instanceof OffpeakError) || thrown.code !== 'E_DATABASE') throw thrown
      const since = awaySince.get(what) ?? now()
      awaySince.set(what, since)
      if (now() - since >= patienceMs) throw thrown
    },
  }
}
