import { expect, test } from 'vitest'
import { Moments, pairedMeans, pairedShares, unpairedMeans, unpairedShares } from './difference.ts'

function moments(values: readonly number[]): Moments {
  const all = new Moments()
  for (const value of values) all.add(value)
  return all
}

test('a difference of shares that chance makes too is told as such', () => {
  expect(pairedShares({ records: 50, onlyA: 3, onlyB: 5 })).toMatchObject({
    difference: 0.04,
    mayBeChance: true,
  })
  expect(pairedShares({ records: 50, onlyA: 1, onlyB: 15 })).toMatchObject({
    difference: 0.28,
    mayBeChance: false,
  })
})

test('the interval of a share is near the published one, also where nothing differs', () => {
  const none = pairedShares({ records: 100, onlyA: 0, onlyB: 0 })
  expect(none?.low).toBeCloseTo(-0.0192, 3)
  expect(none?.high).toBeCloseTo(0.0192, 3)
  const apart = unpairedShares({ records: 100, having: 50 }, { records: 100, having: 70 })
  expect(apart?.low).toBeCloseTo(0.063, 2)
  expect(apart?.high).toBeCloseTo(0.329, 2)
})

test('a mean of few numbers is less sure than its spread alone would say', () => {
  // Student's t with 9 degrees of freedom: 2.262 standard errors.
  const ten = moments([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
  const found = pairedMeans(ten)
  expect(found?.difference).toBe(5.5)
  expect((found?.high ?? 0) - 5.5).toBeCloseTo(2.262 * Math.sqrt(ten.squaredError), 2)
  expect(found?.mayBeChance).toBe(false)
})

test('the more sides are compared, the farther apart they must be', () => {
  const cell = { records: 60, onlyA: 3, onlyB: 12 }
  expect(pairedShares(cell)?.mayBeChance).toBe(false)
  expect(pairedShares(cell, 10)?.mayBeChance).toBe(true)
})

test('means of different records are compared by the spread within each', () => {
  const low = moments(Array.from({ length: 40 }, (_, at) => at % 10))
  const high = moments(Array.from({ length: 40 }, (_, at) => 5 + (at % 10)))
  expect(unpairedMeans(low, high)?.difference).toBeCloseTo(5)
  expect(unpairedMeans(low, high)?.mayBeChance).toBe(false)
  expect(unpairedMeans(low, moments(Array.from({ length: 40 }, (_, at) => (at % 10) + 0.2)))).toMatchObject({
    mayBeChance: true,
  })
})

test('too few records tell nothing, however they differ', () => {
  expect(pairedShares({ records: 7, onlyA: 0, onlyB: 7 })).toBeNull()
  expect(pairedMeans(moments([1, 1, 1]))).toBeNull()
  expect(unpairedShares({ records: 7, having: 0 }, { records: 70, having: 70 })).toBeNull()
  expect(unpairedMeans(moments([1]), moments([2]))).toBeNull()
})
