import { expect, test } from 'vitest'
import { mean } from './mean.ts'

test('the mean points between the vectors and has length 1', () => {
  const [x = 0, y = 0] = mean([
    [2, 0],
    [0, 2],
  ])
  expect(x).toBeCloseTo(Math.SQRT1_2)
  expect(y).toBeCloseTo(Math.SQRT1_2)
})

test('one vector is only scaled', () => {
  expect(mean([[3, 4]])).toEqual([0.6, 0.8])
})

test('vectors that cancel each other out have no direction', () => {
  expect(
    mean([
      [1, 0],
      [-1, 0],
    ]),
  ).toEqual([0, 0])
})

test('none, or vectors of different lengths, are refused', () => {
  expect(() => mean([])).toThrow('no vector')
  expect(() => mean([[1], [1, 2]])).toThrow('different lengths')
})
