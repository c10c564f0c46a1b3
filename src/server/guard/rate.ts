import { isIP } from 'node:net'
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { Places, tooMany } from './places.ts'

export interface Limits {
  /** Wrong keys and tokens of one client address in a minute, each answered with 401; more are answered with 429. */
  readonly failuresPerMinute: number
  /** Requests that one caller may send in a second. */
  readonly requestsPerSecond: number
  /** Requests that read a lot, of all callers and of one of them, at one time. */
  readonly expensiveAtOnce: number
  readonly expensivePerCaller: number
  /** Event streams of all callers and of one of them, at one time. */
  readonly streams: number
  readonly streamsPerCaller: number
}

export const usualLimits: Limits = {
  failuresPerMinute: 20,
  requestsPerSecond: 20_000,
  expensiveAtOnce: 8,
  expensivePerCaller: 4,
  streams: 1_000,
  streamsPerCaller: 250,
}

/** Bounds how much one caller may ask, and how much is read at once. Throws E_RATE. */
export class Rate {
  readonly #failures: RateLimiterMemory
  readonly #requests: RateLimiterMemory
  readonly #expensive: Places

  constructor(limits: Limits) {
    this.#failures = new RateLimiterMemory({ points: limits.failuresPerMinute, duration: 60 })
    this.#requests = new RateLimiterMemory({ points: limits.requestsPerSecond, duration: 1 })
    this.#expensive = new Places('large readings running', limits.expensiveAtOnce, limits.expensivePerCaller)
  }

  /**
   * Counts a key or token that was looked at and is wrong. It is never asked before: a good key is let in whatever
   * others have tried from the same address, which may be that of a proxy.
   */
  async failed(address: string): Promise<void> {
    await take(this.#failures, networkOf(address), 'too many wrong keys from this address')
  }

  /** Counts a request of a caller. */
  async asked(callerId: string): Promise<void> {
    await take(this.#requests, callerId, 'too many requests of this key')
  }

  /** Takes one of the places for requests that read a lot; it is to be given back once. */
  enter(callerId: string): Disposable {
    return this.#expensive.take(callerId)
  }
}

/** Who has one IPv6 address has the 2^64 of its network. */
function networkOf(address: string): string {
  if (isIP(address) !== 6) return address
  // A URL writes any IPv6 address in its one short form.
  const [before = '', after] = new URL(`http://[${address}]/`).hostname.slice(1, -1).split('::')
  const groups = before === '' ? [] : before.split(':')
  const missing = after === undefined ? 0 : 8 - groups.length - (after === '' ? 0 : after.split(':').length)
  return [...groups, ...Array<string>(missing).fill('0'), ...(after ?? '').split(':')].slice(0, 4).join(':')
}

async function take(limiter: RateLimiterMemory, key: string, words: string): Promise<void> {
  try {
    await limiter.consume(key)
  } catch (thrown) {
    if (thrown instanceof RateLimiterRes) throw tooMany(words, thrown.msBeforeNext)
    throw thrown
  }
}
