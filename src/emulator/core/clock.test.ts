import { describe, expect, it } from 'vitest'
import { ClockStopped, lastMs, makeClock } from './clock.ts'

describe('the clock', () => {
  it('starts at its base and runs at its speed', async () => {
    const clock = makeClock(1_000_000, 1000)
    await clock.until(1_005_000, new AbortController().signal)
    expect(clock.nowMs()).toBeGreaterThanOrEqual(1_005_000)
  })

  it('wakes sleepers when it is pushed forward or runs faster', async () => {
    const clock = makeClock(0, 1)
    const stop = new AbortController().signal
    const hour = clock.until(3_600_000, stop)
    clock.advance(3_600_000)
    await hour
    const day = clock.until(clock.nowMs() + 86_400_000, stop)
    clock.setSpeed(1e9)
    await day
    expect(clock.nowMs()).toBeGreaterThanOrEqual(86_400_000)
  })

  it('never shows a time that cannot be written as a date', () => {
    for (const clock of [makeClock(0, 1e300), makeClock(1e18, 1), makeClock(Infinity, 1)]) {
      clock.advance(1e15)
      clock.advance(1e15)
      expect(clock.nowMs()).toBe(lastMs)
      expect(new Date(clock.nowMs() + 30 * 86_400_000).toISOString()).toContain('-01-31T')
    }
  })

  it('lets a sleeper be poked awake early, and stops it when the emulator closes', async () => {
    const clock = makeClock(0, 1)
    const stopper = new AbortController()
    let poke = (): void => undefined
    const sleeping = clock.until(1e9, stopper.signal, (given) => {
      poke = given
    })
    poke()
    await sleeping
    expect(clock.nowMs()).toBeLessThan(1e9)
    const other = clock.until(1e9, stopper.signal)
    stopper.abort()
    await expect(other).rejects.toBeInstanceOf(ClockStopped)
  })
})
