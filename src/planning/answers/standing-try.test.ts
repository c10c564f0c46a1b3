import { expect, test } from 'vitest'
import { type Outcome, outcomeNames } from '../../domain/outcome.ts'
import { isBetter, isWorthKeeping, standingTry } from './standing-try.ts'

const standing = (...outcomes: readonly Outcome[]): number | null => {
  const tries = outcomes.map((outcome, at) => ({ outcome, n: at + 1 }))
  return standingTry(tries)?.n ?? null
}

test('a try that brought no answer does not take the place of one that did', () => {
  for (const nothing of ['failed', 'expired', 'missing', 'transient', 'cancelled', 'oversize'] as const)
    for (const answer of ['invalid', 'review', 'stale', 'rejected', 'truncated', 'refused', 'lost'] as const)
      expect(standing(answer, nothing, nothing), `${answer}, ${nothing}`).toBe(1)
  expect(standing('expired', 'failed')).toBe(2)
})

test('of answers that can still be used the one that is nearest to being written stands, else the newest', () => {
  expect(standing('invalid', 'invalid', 'expired')).toBe(2)
  expect(standing('rejected', 'invalid')).toBe(1)
  expect(standing('invalid', 'truncated', 'refused')).toBe(1)
  expect(standing('truncated', 'invalid')).toBe(2)
})

test('what was decided, and what may have been paid without an answer at hand, is never hidden by an earlier try', () => {
  for (const last of ['merged', 'held', 'rescued', 'review', 'declined', 'lost', 'unsure'] as const)
    expect(standing('rejected', 'invalid', last), last).toBe(3)
  expect(standing()).toBeNull()
})

test('nothing is better than itself, and what is worth nothing is better than nothing else', () => {
  for (const outcome of outcomeNames) {
    expect(isBetter(outcome, outcome)).toBe(false)
    expect(outcomeNames.some((other) => isBetter(outcome, other))).toBe(isWorthKeeping(outcome))
  }
})
