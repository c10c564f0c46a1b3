import { expect, test } from 'vitest'
import { shareInterval, votesToTell } from './share-interval.ts'

test('nothing is known before the first vote, and little after the second', () => {
  expect(shareInterval(0, 0)).toEqual({ low: 0, high: 1 })
  expect(shareInterval(2, 0).low).toBeLessThan(0.2)
})

test('eight that agree are the fewest that tell', () => {
  expect(shareInterval(7, 0).low).toBeLessThan(0.5)
  expect(shareInterval(8, 0).low).toBeGreaterThan(0.5)
  expect(shareInterval(0, 8).high).toBeLessThan(0.5)
})

test('it is the same from both sides, holds what was seen, and narrows', () => {
  const [few, many] = [shareInterval(13, 7), shareInterval(1_300, 700)]
  const turned = shareInterval(7, 13)
  expect(1 - turned.high).toBeCloseTo(few.low, 6)
  expect(few.low).toBeLessThan(0.65)
  expect(few.high).toBeGreaterThan(0.65)
  expect(few.low).toBeLessThan(0.5)
  expect(many.low).toBeGreaterThan(0.5)
  expect(many.high - many.low).toBeLessThan(0.1)
})

test('somebody who looks after each vote is rarely told of a difference that is not there', () => {
  const [comparisons, votes] = [400, 150]
  let seed = 7
  const random = (): number => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647
  let fooled = 0
  for (let comparison = 0; comparison < comparisons; comparison += 1) {
    const count = [0, 0] as [number, number]
    for (let vote = 0; vote < votes; vote += 1) {
      count[random() < 0.5 ? 0 : 1] += 1
      const { low, high } = shareInterval(...count)
      if (low <= 0.5 && high >= 0.5) continue
      fooled += 1
      break
    }
  }
  expect(fooled / comparisons).toBeLessThan(0.05)
})

test('says how many votes would tell', () => {
  expect(votesToTell(6, 0)).toBe(8)
  expect(votesToTell(12, 8)).toBeGreaterThan(100)
  expect(votesToTell(50, 50)).toBeNull()
})
