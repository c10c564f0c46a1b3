import { expect, test } from 'vitest'
import { noWait, type Wait } from '../../domain/wait.ts'
import { type Cause, decideWait, type WaitTimings } from './wait.ts'

const timings: WaitTimings = { lostAfterMs: 3_600_000, paceMs: 30_000, waits: {} }

/** Tries the same over and over until a person is asked; when that was and how often it was tried. */
function untilAsked(
  cause: Cause,
  set: Partial<WaitTimings> = {},
): { readonly tries: number; readonly ms: number } {
  let wait: Wait = noWait
  for (let now = 0; ;) {
    const decided = decideWait(wait, cause, { ...timings, ...set }, now, 0.5)
    wait = decided.wait
    if (decided.isOver) return { tries: wait.waitTries, ms: now }
    if (wait.waitTries > 10_000) return { tries: Infinity, ms: now }
    now += decided.pauseMs
  }
}

test('pauses double, and are never shorter than what the service asked for', () => {
  const first = decideWait(noWait, { kind: 'network', words: 'no route' }, timings, 0, 1)
  const second = decideWait(first.wait, { kind: 'network', words: 'no route' }, timings, first.pauseMs, 1)
  expect(second.pauseMs).toBe(first.pauseMs * 2)
  const asked = { kind: 'rate', words: '429', retryAfterMs: 60_000 } as const
  expect(decideWait(noWait, asked, timings, 0, 0).pauseMs).toBe(60_000)
})

test('since when and how often are counted while the reason stays, and again for another one', () => {
  const first = decideWait(noWait, { kind: 'network', words: 'no route' }, timings, 1_000, 0.5)
  const second = decideWait(first.wait, { kind: 'network', words: 'still none' }, timings, 5_000, 0.5)
  expect(second.wait).toEqual({
    waitsFor: 'network',
    waitingSince: 1_000,
    waitTries: 2,
    waitWords: 'still none',
  })
  const third = decideWait(second.wait, { kind: 'service', words: '503' }, timings, 9_000, 0.5)
  expect(third.wait).toMatchObject({ waitingSince: 9_000, waitTries: 1 })
})

test('it is news when the reason or its words change, and not once a try', () => {
  const first = decideWait(noWait, { kind: 'network', words: 'no route' }, timings, 0, 0.5)
  const same = decideWait(first.wait, { kind: 'network', words: 'no route' }, timings, 1_000, 0.5)
  const other = decideWait(same.wait, { kind: 'network', words: 'reset' }, timings, 2_000, 0.5)
  expect([first.isNews, same.isNews, other.isNews]).toEqual([true, false, true])
})

test('a person is asked early for what repetition cannot cure, and late for what is away', () => {
  expect(untilAsked({ kind: 'refused', words: '400' }).tries).toBe(3)
  const away = untilAsked({ kind: 'network', words: 'no route' })
  expect(away.ms).toBeGreaterThanOrEqual(6 * 3_600_000)
  expect(untilAsked({ kind: 'budget', words: 'all of it is reserved' }).tries).toBe(Infinity)
})

test('what may have been paid is waited for until the bound that was set, and for less long at a quick service', () => {
  const batch = { kind: 'batch', words: '404' } as const
  expect(untilAsked(batch).ms).toBeGreaterThanOrEqual(timings.lostAfterMs)
  expect(untilAsked(batch, { lostAfterMs: 100_000 }).ms).toBeLessThan(timings.lostAfterMs)
  expect(untilAsked(batch, { paceMs: 30 }).ms).toBeLessThan(60_000)
  expect(untilAsked(batch, { waits: { batch: { afterMs: 10_000, tries: 7 } } }).tries).toBe(7)
})
