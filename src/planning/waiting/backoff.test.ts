import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { backoffMs, maxRetryAfterMs, tokenLimitBackoff } from './backoff.ts'

describe('backoffMs', () => {
  test('waits for tokens 5, 10, 20 … seconds and from the eighth time on ten minutes', () => {
    const pauses = [0, 1, 2, 3, 4, 5, 6, 7, 8, 2_000].map((attempt) =>
      backoffMs(attempt, { ...tokenLimitBackoff, random01: 1 }),
    )
    expect(pauses).toEqual([5, 10, 20, 40, 80, 160, 320, 600, 600, 600].map((seconds) => seconds * 1_000))
  })

  test('draws the upper half of each pause and keeps within it', () => {
    fc.assert(
      fc.property(fc.nat(100), fc.double({ min: 0, max: 1, noNaN: true }), (attempt, random01) => {
        const full = Math.min(600_000, 5_000 * 2 ** attempt)
        const pause = backoffMs(attempt, { ...tokenLimitBackoff, random01 })
        expect(pause).toBeGreaterThanOrEqual(full / 2)
        expect(pause).toBeLessThanOrEqual(full)
        expect(Number.isInteger(pause)).toBe(true)
      }),
    )
  })

  test('treats an attempt below the first as the first', () => {
    expect(backoffMs(-3, { baseMs: 10, maxMs: 100, random01: 1 })).toBe(10)
  })

  test('waits at least as long as the provider asks, and not for ever', () => {
    const wait = (retryAfterMs: number | null): number =>
      backoffMs(0, { baseMs: 1_000, maxMs: 60_000, random01: 0, retryAfterMs })
    expect(wait(90_000)).toBe(90_000)
    expect(wait(20)).toBe(500)
    expect(wait(1e15)).toBe(maxRetryAfterMs)
    for (const nonsense of [null, -5, 0, Number.NaN]) expect(wait(nonsense)).toBe(500)
  })
})
