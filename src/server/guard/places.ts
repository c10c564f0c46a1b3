import { Refusal } from '../problem.ts'

const againAfterMs = 1_000

/** Places that callers hold for a while: so many for all of them together, and fewer for each, so that none has all. */
export class Places {
  readonly #words: string
  readonly #total: number
  readonly #perCaller: number
  readonly #held = new Map<string, number>()
  #taken = 0

  /** `words` say what is held, in the plural. */
  constructor(words: string, total: number, perCaller: number) {
    this.#words = words
    this.#total = total
    this.#perCaller = perCaller
  }

  /** How many are held now. */
  get taken(): number {
    return this.#taken
  }

  /** A place, to be given back; giving it back twice does nothing. Throws E_RATE when the caller, or everybody, has enough. */
  take(callerId: string): Disposable {
    const held = this.#held.get(callerId) ?? 0
    if (held >= this.#perCaller)
      throw tooMany(`this key has ${held} ${this.#words}, which is the most for one`, againAfterMs)
    if (this.#taken >= this.#total)
      throw tooMany(
        `all callers together have ${this.#taken} ${this.#words}, which is the most`,
        againAfterMs,
      )
    this.#held.set(callerId, held + 1)
    this.#taken += 1
    let inside = true
    return {
      [Symbol.dispose]: () => {
        if (inside) this.#giveBack(callerId)
        inside = false
      },
    }
  }

  #giveBack(callerId: string): void {
    const held = (this.#held.get(callerId) ?? 1) - 1
    if (held === 0) this.#held.delete(callerId)
    else this.#held.set(callerId, held)
    this.#taken -= 1
  }
}

/** The refusal of what goes over a bound, with how long to stay away. */
export function tooMany(words: string, waitMs: number): Refusal {
  const seconds = Math.max(1, Math.ceil(waitMs / 1_000))
  return new Refusal('E_RATE', words, {
    fix: `ask again in ${seconds} s`,
    headers: { 'retry-after': String(seconds) },
  })
}
