import { expect, test } from 'vitest'
import { stacked, thinned } from './chart-stack.ts'

test('stacked series stand on those before them', () => {
  expect(
    stacked([
      [1, 2, null],
      [3, null, 5],
    ]),
  ).toEqual([
    [1, 2, 0],
    [4, 2, 5],
  ])
})

test('a long series is thinned between its ends', () => {
  expect(thinned([1, 2, 3], 5)).toEqual([1, 2, 3])
  expect(thinned([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 3)).toEqual([0, 5, 10])
})
