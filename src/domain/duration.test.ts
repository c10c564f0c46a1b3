import { describe, expect, test } from 'vitest'
import { parseDuration } from './duration.ts'

describe('parseDuration', () => {
  test.each([
    ['250ms', 250],
    ['90s', 90_000],
    ['1.5m', 90_000],
    ['6h', 21_600_000],
    ['30d', 2_592_000_000],
    ['1h30m', 5_400_000],
    ['1 d 2 h', 93_600_000],
    ['2 w', 1_209_600_000],
    ['0d', 0],
  ])('reads %s', (text, ms) => {
    expect(parseDuration(text)).toBe(ms)
  })

  test.each(['', '6', 'h', '-1h', '1h30', '6x', '1y'])('refuses %j', (text) => {
    expect(parseDuration(text)).toBeNull()
  })
})
