/** A value with its JSON, written once. */
export interface Kept<Value> {
  readonly value: Value
  readonly json: Uint8Array<ArrayBuffer>
}

interface Entry {
  readonly at: number
  readonly kept: Promise<Kept<unknown>>
}

/** So long a page may show what was, as it does by looking only now and then. */
const reuseMs = 200
const maxEntries = 500

/**
 * A cache that keeps answers for a fifth of a second, so that many who ask for the same cost one reading; a change that
 * goes through this server drops all of them at once.
 */
export class BriefCache {
  readonly #entries = new Map<string, Entry>()
  readonly #now: () => number
  readonly #encoder = new TextEncoder()

  constructor(now: () => number) {
    this.#now = now
  }

  /** The value that was read a moment ago under this name, or reads it. */
  async get<Value>(name: string, read: () => Promise<Value>): Promise<Kept<Value>> {
    const now = this.#now()
    const known = this.#entries.get(name)
    if (known && now - known.at < reuseMs && now >= known.at) {
      // What lies under a name was read by the same function.
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion
      return known.kept as Promise<Kept<Value>>
    }
    const kept = read().then((value) => ({ value, json: this.#encoder.encode(JSON.stringify(value)) }))
    const entry: Entry = { at: now, kept }
    if (this.#entries.size >= maxEntries) this.#entries.clear()
    this.#entries.set(name, entry)
    const forget = (): void => {
      if (this.#entries.get(name) === entry) this.#entries.delete(name)
    }
    kept.then(() => setTimeout(forget, reuseMs).unref(), forget)
    return kept
  }

  drop(): void {
    this.#entries.clear()
  }
}
