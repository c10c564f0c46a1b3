import { describe, expect, test } from 'vitest'
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

describe('an upload', () => {
  const of = (bytes: number, more: object = {}) =>
    callTimeouts('upload', { ...defaultTimeouts, ...more }, bytes)

  test('has longer the larger it is: two hours for 200 MB, and the time to store it', () => {
    expect(of(200e6).deadlineMs).toBe(7_200_000 + 300_000)
    expect(of(256e6).deadlineMs).toBe(9_216_000 + 300_000)
    expect(of(2e9).deadlineMs).toBe(72_000_000 + 300_000)
    expect(of(1_000).deadlineMs).toBeLessThan(310_000)
    expect(of(2e9, { transferMs: 60_000 }).deadlineMs).toBe(600_000 + 300_000)
  })

  test('may seem to stand still for as long as the slowest line takes for what the kernel holds', () => {
    expect(of(100).stallMs).toBeLessThan(defaultTimeouts.stallMs + 10)
    expect(of(200e6).stallMs).toBe(of(2e9).stallMs)
    expect(of(200e6).stallMs).toBeGreaterThan(defaultTimeouts.stallMs + 64_000)
  })
})
