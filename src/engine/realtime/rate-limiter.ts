import { nextSlowness, paceTake, type PaceState, paceWait, untouched } from '../../planning/waiting/pace.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Flow, RealtimeLimits } from '../flow.ts'

/** A limiter of real-time calls to one model: a number at once and in a minute, whichever attempts they belong to. */
export class RateLimiter {
  readonly #limits: RealtimeLimits
  readonly #clock: Clock
  #inside = 0
  #waiting: (() => void)[] = []
  #pace: PaceState = untouched
  #slowness = 1
  #notBefore = 0

  constructor(limits: RealtimeLimits, clock: Clock) {
    this.#limits = limits
    this.#clock = clock
  }

  /** Until when the provider wants nothing more. */
  get notBefore(): number {
    return this.#notBefore
  }

  /** Waits for a turn; whoever has one must `leave`. */
  async enter(tokens: number, signal: AbortSignal): Promise<void> {
    // Whoever leaves hands its place on, so that it stays taken.
    if (this.#inside >= this.#limits.concurrency)
      await new Promise<void>((resolve) => void this.#waiting.push(resolve))
    else this.#inside += 1
    for (;;) {
      const now = this.#clock.now()
      const waitMs = Math.max(paceWait(this.#pace, now), this.#notBefore - now)
      if (waitMs <= 0 || signal.aborted) break
      await this.#clock.sleep(waitMs, signal)
    }
    this.#pace = paceTake(this.#pace, this.#limits, {
      now: this.#clock.now(),
      tokens,
      slowness: this.#slowness,
    })
  }

  leave(): void {
    const next = this.#waiting.shift()
    if (next) next()
    else this.#inside -= 1
  }

  answered(): void {
    this.#slowness = nextSlowness(this.#slowness, 'answered')
  }

  /** The provider turned a call away: nothing goes before that time, and less of it from then on. */
  refused(until: number): void {
    // Calls that were on their way together are turned away together, and slow the rest down once.
    if (this.#notBefore <= this.#clock.now()) this.#slowness = nextSlowness(this.#slowness, 'refused')
    this.rest(until)
  }

  /** Another process was turned away. */
  rest(until: number): void {
    this.#notBefore = Math.max(this.#notBefore, until)
  }
}

const rateLimiters = new WeakMap<Flow, Map<string, RateLimiter>>()

/** The one turnstile of this process for a model. */
export function rateLimiterOf(flow: Flow, quotaKey: string, limits: RealtimeLimits): RateLimiter {
  const ofFlow = rateLimiters.get(flow) ?? new Map<string, RateLimiter>()
  rateLimiters.set(flow, ofFlow)
  const rateLimiter = ofFlow.get(quotaKey) ?? new RateLimiter(limits, flow.clock)
  ofFlow.set(quotaKey, rateLimiter)
  return rateLimiter
}
