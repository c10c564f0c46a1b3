import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { Refusal } from '../problem.ts'

export interface Limits {
  /** Wrong keys and tokens that one address may send in a minute. */
  readonly failuresPerMinute: number
  /** Requests that one caller may send in a second. */
  readonly requestsPerSecond: number
  /** Requests that read a lot, of all callers, at one time. */
  readonly expensiveAtOnce: number
  /** Event streams at one time. */
  readonly streams: number
}

export const usualLimits: Limits = {
  failuresPerMinute: 20,
  requestsPerSecond: 20_000,
  expensiveAtOnce: 8,
  streams: 1_000,
}

/** Bounds how much one address may guess, one caller may ask, and how much is read at once. Throws E_RATE. */
export class Rate {
  readonly #failures: RateLimiterMemory
  readonly #requests: RateLimiterMemory
  readonly #limits: Limits
  #expensive = 0

  constructor(limits: Limits) {
    this.#limits = limits
    this.#failures = new RateLimiterMemory({ points: limits.failuresPerMinute, duration: 60 })
    this.#requests = new RateLimiterMemory({ points: limits.requestsPerSecond, duration: 1 })
  }

  /** Counts a wrong key or token. */
  async failed(address: string): Promise<void> {
    await take(this.#failures, address, 'too many wrong keys from this address')
  }

  /** Throws when an address has guessed too often to be heard on what can be guessed. */
  async mayGuess(address: string): Promise<void> {
    const known = await this.#failures.get(address)
    if (known && known.consumedPoints > this.#limits.failuresPerMinute)
      throw tooMany('too many wrong keys from this address', known.msBeforeNext)
  }

  /** Counts a request of a caller. */
  async asked(callerId: string): Promise<void> {
    await take(this.#requests, callerId, 'too many requests of this key')
  }

  /** Takes one of the places for requests that read a lot; it is to be given back once. */
  enter(): Disposable {
    if (this.#expensive >= this.#limits.expensiveAtOnce)
      throw tooMany('too many large readings at one time', 1_000)
    this.#expensive += 1
    let inside = true
    return {
      [Symbol.dispose]: () => {
        if (inside) this.#expensive -= 1
        inside = false
      },
    }
  }
}

async function take(limiter: RateLimiterMemory, key: string, words: string): Promise<void> {
  try {
    await limiter.consume(key)
  } catch (thrown) {
    if (thrown instanceof RateLimiterRes) throw tooMany(words, thrown.msBeforeNext)
    throw thrown
  }
}

export function tooMany(words: string, waitMs: number): Refusal {
  const seconds = Math.max(1, Math.ceil(waitMs / 1_000))
  return new Refusal('E_RATE', words, {
    fix: `ask again in ${seconds} s`,
    headers: { 'retry-after': String(seconds) },
  })
}
