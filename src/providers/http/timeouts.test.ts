import { expect, test } from 'vitest'
import { callTimeouts, defaultTimeouts } from './timeouts.ts'

test('a download has as long as a slow line takes for what it may hold, and never longer than any transfer', () => {
  const deadline = (maxBytes: number | null): number =>
    callTimeouts('download', defaultTimeouts, maxBytes).deadlineMs
  expect(deadline(16 * 1024 * 1024)).toBeLessThan(15 * 60_000)
  expect(deadline(16 * 1024 * 1024)).toBeGreaterThan(5 * 60_000)
  expect(deadline(100e6)).toBeGreaterThan(deadline(50e6))
  expect(deadline(10e9)).toBe(defaultTimeouts.transferMs)
  expect(deadline(null)).toBe(defaultTimeouts.transferMs)
})
