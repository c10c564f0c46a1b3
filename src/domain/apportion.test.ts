import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { apportion } from './apportion.ts'

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)

test('what is rounded adds up to the rounded sum, and nothing is off by one or more', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { maxLength: 50 }), (amounts) => {
      const parts = apportion(amounts)
      expect(sum(parts)).toBe(Math.round(sum(amounts)))
      for (const [at, part] of parts.entries())
        expect(Math.abs(part - (amounts[at] ?? 0))).toBeLessThanOrEqual(1)
    }),
  )
})

test('three thirds of a micro-dollar are one', () => {
  expect(apportion([1 / 3, 1 / 3, 1 / 3])).toEqual([1, 0, 0])
  expect(apportion([])).toEqual([])
})
