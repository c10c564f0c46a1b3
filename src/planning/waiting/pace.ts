/** How much may be asked in a minute. */
export interface Pace {
  readonly requestsPerMinute: number
  readonly tokensPerMinute: number
}

/** Until when what was let through has used up each allowance, in milliseconds since the epoch. */
export interface PaceState {
  readonly requestsUntil: number
  readonly tokensUntil: number
}

export const untouched: PaceState = { requestsUntil: 0, tokensUntil: 0 }

/** After a rest, so much of the time that was not used may be caught up with. */
const burstMs = 5_000

/** How long the next request has to wait, in milliseconds; 0: it may go now. */
export function paceWait({ requestsUntil, tokensUntil }: PaceState, now: number): number {
  return Math.max(0, requestsUntil - now, tokensUntil - now)
}

/**
 * The state after a request of so many tokens has gone. `slowness` is 1, or how many times as long everything takes
 * while the provider turns requests away. One that is larger than a minute's allowance goes, and others wait for it.
 */
export function paceTake(
  state: PaceState,
  pace: Pace,
  { now, tokens, slowness }: { readonly now: number; readonly tokens: number; readonly slowness: number },
): PaceState {
  const after = (until: number, amount: number, perMinute: number): number =>
    Math.max(until, now - burstMs) + (60_000 * amount * slowness) / perMinute
  return {
    requestsUntil: after(state.requestsUntil, 1, pace.requestsPerMinute),
    tokensUntil: after(state.tokensUntil, tokens, pace.tokensPerMinute),
  }
}

const maxSlowness = 32
const recovery = 0.95

/** Each refusal halves the speed, each answer gives a little of it back. */
export function nextSlowness(slowness: number, was: 'refused' | 'answered'): number {
  return was === 'refused' ? Math.min(maxSlowness, slowness * 2) : Math.max(1, slowness * recovery)
}
