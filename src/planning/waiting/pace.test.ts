import { expect, test } from 'vitest'
import { nextSlowness, type Pace, type PaceState, paceTake, paceWait, untouched } from './pace.ts'

const pace: Pace = { requestsPerMinute: 60, tokensPerMinute: 6_000 }
const start = 1_000_000

/** How many go within a time when each goes as soon as it may. */
function sent(withinMs: number, tokens: number, slowness = 1): number {
  let state: PaceState = untouched
  let now = start
  for (let count = 0; ; count += 1) {
    now += paceWait(state, now)
    if (now >= start + withinMs) return count
    state = paceTake(state, pace, { now, tokens, slowness })
  }
}

test('the first requests go at once, and then no more than the minute allows', () => {
  expect(paceWait(untouched, start)).toBe(0)
  expect(sent(1, 1)).toBe(6)
  expect(sent(600_000, 1)).toBeLessThanOrEqual(606)
  expect(sent(600_000, 1)).toBeGreaterThanOrEqual(604)
})

test('tokens count as well, and the scarcer of the two decides', () => {
  expect(sent(600_000, 200)).toBeGreaterThanOrEqual(300)
  expect(sent(600_000, 200)).toBeLessThanOrEqual(304)
})

test('a request larger than the minute goes, and the next one waits for its share', () => {
  const state = paceTake(untouched, pace, { now: start, tokens: 12_000, slowness: 1 })
  expect(paceWait(state, start)).toBe(115_000)
})

test('what was not used long ago is not caught up with', () => {
  const state = paceTake(untouched, pace, { now: start, tokens: 1, slowness: 1 })
  const later = start + 3_600_000
  let [now, count, current] = [later, 0, state]
  while (paceWait(current, now) === 0) {
    current = paceTake(current, pace, { now, tokens: 1, slowness: 1 })
    count += 1
    now += 0
  }
  expect(count).toBe(6)
})

test('refusals slow everything down to a limit, and answers speed it up again to the full pace', () => {
  let slowness = 1
  for (let refused = 0; refused < 10; refused += 1) slowness = nextSlowness(slowness, 'refused')
  expect(slowness).toBe(32)
  expect(sent(600_000, 1, slowness)).toBeLessThan(25)
  for (let answered = 0; answered < 100; answered += 1) slowness = nextSlowness(slowness, 'answered')
  expect(slowness).toBe(1)
})
