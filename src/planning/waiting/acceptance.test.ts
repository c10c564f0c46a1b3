import { expect, test } from 'vitest'
import { acceptance } from './acceptance.ts'

test('says nothing while nothing was judged', () => {
  expect(acceptance(0, 0)).toBeNull()
})

test('is the share with the distance to the farther border of its interval', () => {
  // The intervals of Wilson: 0.7225–1, 0–0.2775, 0.4038–0.5962 and 0.8752–0.9722.
  const told = (accepted: number, judged: number): readonly number[] => {
    const found = acceptance(accepted, judged)
    return found === null ? [] : [found.percent, Math.round(found.errorPercent * 10) / 10]
  }
  expect(told(10, 10)).toEqual([100, 27.8])
  expect(told(0, 10)).toEqual([0, 27.8])
  expect(told(50, 100)).toEqual([50, 9.6])
  expect(told(94, 100)).toEqual([94, 6.5])
})

test('narrows with the number of answers', () => {
  const errors = [1, 10, 100, 1_000, 10_000].map((judged) => acceptance(judged, judged)?.errorPercent ?? 0)
  expect(errors).toEqual(errors.toSorted((one, other) => other - one))
  expect(errors.at(-1)).toBeLessThan(0.1)
})
