import { expect, test } from 'vitest'
import { type Evidence, mayGoOn, reconcile } from './reconcile.ts'

const whole: Evidence = {
  ending: 'completed',
  counts: { completed: 20, failed: 0 },
  usedTokens: null,
  lines: 20,
  matched: 20,
  readTokens: 2_400,
  unanswered: 0,
}

function kindOf(evidence: Partial<Evidence>): string {
  return reconcile({ ...whole, ...evidence }).kind
}

test('a batch whose every request is answered needs no counts', () => {
  expect(kindOf({})).toBe('agreed')
  expect(kindOf({ counts: null, lines: 25 })).toBe('agreed')
})

test('a file with fewer lines than the service counts is short, however the batch ended', () => {
  for (const ending of ['completed', 'expired', 'cancelled', 'failed'] as const)
    expect(kindOf({ ending, lines: 8, matched: 8, unanswered: 12 })).toBe('contradiction')
})

test('sums are compared, because some services count failed lines as completed', () => {
  expect(kindOf({ counts: { completed: 8, failed: 0 }, lines: 8, matched: 8, unanswered: 12 })).toBe('agreed')
  expect(kindOf({ counts: { completed: 5, failed: 3 }, lines: 8, matched: 8, unanswered: 12 })).toBe('agreed')
})

test('absent counts and zeros prove nothing of a completed batch', () => {
  for (const counts of [null, { completed: 0, failed: 0 }])
    expect(kindOf({ counts, lines: 0, matched: 0, unanswered: 20 })).toBe('contradiction')
})

test('a batch that ended early need not count what did not run', () => {
  for (const ending of ['expired', 'cancelled'] as const) {
    expect(kindOf({ ending, counts: null, lines: 0, matched: 0, unanswered: 20 })).toBe('agreed')
    expect(
      kindOf({ ending, counts: { completed: 1, failed: 0 }, lines: 1, matched: 1, unanswered: 19 }),
    ).toBe('agreed')
  }
})

test('a line that belongs to nobody may be the answer of a request without one', () => {
  expect(reconcile({ ...whole, lines: 20, matched: 0, unanswered: 20 })).toMatchObject({
    kind: 'contradiction',
    isNothingReadable: true,
  })
  expect(reconcile({ ...whole, lines: 20, matched: 19, unanswered: 1 })).toMatchObject({
    isNothingReadable: false,
  })
})

test('tokens that the service counts and no line tells were bought by somebody', () => {
  const short = { counts: { completed: 8, failed: 0 }, lines: 8, matched: 8, unanswered: 12, readTokens: 960 }
  expect(kindOf({ ...short, usedTokens: 960 })).toBe('agreed')
  expect(kindOf({ ...short, usedTokens: 2_400 })).toBe('contradiction')
  expect(kindOf({ ...short, usedTokens: 2_400, readTokens: null }), 'lines that tell nothing').toBe('agreed')
})

test('few missing answers do not stop a run, many do, and so does a file of nothing', () => {
  expect(mayGoOn(1, 49_999, 50_000, 0.01)).toBe(true)
  expect(mayGoOn(1, 19, 20, 0.01)).toBe(true)
  expect(mayGoOn(501, 49_499, 50_000, 0.01)).toBe(false)
  expect(mayGoOn(1, 0, 1, 0.01)).toBe(false)
})
