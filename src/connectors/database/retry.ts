import { setTimeout as pause } from 'node:timers/promises'

/** How often and how patiently something is tried again; the defaults take about 6 seconds in all. */
export interface RetryOptions {
  readonly attempts?: number
  readonly random?: () => number
  readonly sleep?: (delayMs: number) => Promise<unknown>
}

/**
 * The result of an idempotent act, repeated while it fails in a way that `mayRetry` knows to pass, with growing
 * jittered pauses.
 */
export async function retrying<T>(
  act: () => Promise<T>,
  mayRetry: (thrown: unknown) => boolean,
  options: RetryOptions = {},
): Promise<T> {
  const { attempts = 6, random = Math.random, sleep = pause } = options
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await act()
    } catch (thrown) {
      if (attempt >= attempts || !mayRetry(thrown)) throw thrown
    }
    await sleep(100 * 2 ** attempt * (0.5 + random() / 2))
  }
}
