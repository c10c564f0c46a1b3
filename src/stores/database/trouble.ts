import type { StateTrouble, StateWatch } from '../../ports/state-trouble.ts'

/** What is over sooner is not worth a word, in milliseconds. */
const tellAfterMs = { away: 1_000, full: 1_000, busy: 3_000 } as const

/** A call that waits for a lock, until it is over or given up. */
export interface LockWait {
  /** Says for whom it waits. */
  readonly named: (words: string) => void
  /** The lock is free. */
  readonly over: () => void
  /** The lock is held still, and the call waits no longer. */
  readonly givenUp: () => void
}

/** A board that remembers whether the state does what it is told, and tells those who show it to people. */
export class TroubleBoard implements StateWatch {
  readonly #listeners = new Set<(trouble: StateTrouble | null) => void>()
  readonly #now: () => number
  /** Why nothing, or nothing more, can be written now. */
  #down: StateTrouble | null = null
  /** The calls that have found no room. */
  readonly #withoutRoom = new Set<string>()
  readonly #waits = new Set<StateTrouble>()
  /** The calls that have waited for a lock to the end of their patience, and not been told to work since. */
  readonly #givenUp = new Set<string>()
  #told: string | null = null
  #timer: NodeJS.Timeout | null = null

  constructor(now: () => number) {
    this.#now = now
  }

  get trouble(): StateTrouble | null {
    const [oldest = null] = this.#waits
    return this.#down ?? oldest
  }

  readonly onTrouble: StateWatch['onTrouble'] = (listener) => {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** A call, by its name, could not reach the database, or found no room there. */
  down(kind: 'away' | 'full', words: string, call: string): void {
    const since = this.#down?.kind === kind ? this.#down.since : this.#now()
    this.#down = { kind, since, words }
    if (kind === 'full') this.#withoutRoom.add(call)
    this.#look()
  }

  /** A call has done what it was to do. What only reads says nothing about room. */
  reached(call: string): void {
    if (this.#givenUp.delete(call)) {
      this.#givenUp.clear()
      this.#look()
    }
    if (this.#down === null || (this.#down.kind === 'full' && !this.#withoutRoom.has(call))) return
    this.#down = null
    this.#withoutRoom.clear()
    this.#look()
  }

  /** A call, by its name, waits for a lock, and has since then. */
  wait(words: string, since: number, call: string): LockWait {
    let wait: StateTrouble = { kind: 'busy', since, words }
    this.#waits.add(wait)
    this.#look()
    const replace = (next: StateTrouble | null): void => {
      this.#waits.delete(wait)
      if (next !== null) this.#waits.add((wait = next))
      this.#look()
    }
    return {
      named: (better) => replace({ ...wait, words: better }),
      over: () => replace(null),
      givenUp: () => {
        this.#givenUp.add(call)
        replace(null)
      },
    }
  }

  /** Tells nothing more. */
  end(): void {
    this.#listeners.clear()
    if (this.#timer !== null) clearTimeout(this.#timer)
  }

  #look(): void {
    const { trouble } = this
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    if (trouble === null) {
      if (this.#told !== null && this.#givenUp.size === 0) this.#tell(null)
      return
    }
    const name = nameOf(trouble)
    if (name === this.#told) return
    const dueMs = trouble.since + tellAfterMs[trouble.kind] - this.#now()
    if (dueMs <= 0) return this.#tell(trouble)
    this.#timer = setTimeout(() => this.#look(), dueMs)
    this.#timer.unref()
  }

  #tell(trouble: StateTrouble | null): void {
    this.#told = trouble === null ? null : nameOf(trouble)
    for (const listener of this.#listeners) listener(trouble)
  }
}

/** By what it is told once only: a database that comes up says something else every second. */
function nameOf({ kind, words }: StateTrouble): string {
  return kind === 'busy' ? words : kind
}
