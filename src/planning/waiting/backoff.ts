export interface Backoff {
  /** The pause after the first failure. */
  readonly baseMs: number
  /** No pause grows beyond this. */
  readonly maxMs: number
}

/** While a batch waits for enqueued tokens to come free: 5 s, doubled each time, at most 10 minutes. */
export const tokenLimitBackoff: Backoff = { baseMs: 5_000, maxMs: 600_000 }

/** A provider's own wish (`Retry-After`) is followed up to this; what is absurd beyond it is not. */
export const maxRetryAfterMs = 3_600_000

/**
 * The pause before try `attempt + 1`, in milliseconds: doubled with every attempt (counted from 0) up to `maxMs`,
 * the upper half of it drawn by `random01` so that many workers do not come back at one instant. A `retryAfterMs`
 * that the provider asked for is the least; one that is negative or no number is ignored.
 */
export function backoffMs(
  attempt: number,
  options: Backoff & { readonly random01: number; readonly retryAfterMs?: number | null },
): number {
  const full = Math.min(options.maxMs, options.baseMs * 2 ** Math.max(0, attempt))
  const jittered = Math.round((full / 2) * (1 + options.random01))
  const asked = options.retryAfterMs ?? 0
  return asked > 0 ? Math.max(jittered, Math.min(asked, maxRetryAfterMs)) : jittered
}
