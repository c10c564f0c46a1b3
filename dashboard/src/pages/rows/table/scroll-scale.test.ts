import { expect, test } from 'vitest'
import { afterScroll, barAt, drawnHeight, tallest } from './scroll-scale.ts'

const million = { whole: 34_000_000, view: 600 }

test('a list that a browser can draw is drawn as it is', () => {
  const size = { whole: 3_400, view: 600 }
  expect(drawnHeight(size)).toBe(3_400)
  expect(afterScroll(size, { bar: 0, top: 0 }, 700)).toBe(700)
  expect(barAt(size, 700)).toBe(700)
})

test('a longer one moves by the step of the wheel, and goes where its bar is dragged', () => {
  expect(drawnHeight(million)).toBe(tallest)
  expect(afterScroll(million, { bar: 5_000, top: 14_000 }, 5_120)).toBe(14_120)
  const half = afterScroll(million, { bar: 0, top: 0 }, (tallest - 600) / 2)
  expect(half).toBeCloseTo((34_000_000 - 600) / 2)
  expect(barAt(million, half)).toBeCloseTo((tallest - 600) / 2)
})

test('both ends are reached', () => {
  expect(afterScroll(million, { bar: 40, top: 900 }, 0)).toBe(0)
  expect(afterScroll(million, { bar: 0, top: 0 }, tallest - 600)).toBe(34_000_000 - 600)
  expect(barAt(million, 34_000_000 - 600)).toBe(tallest - 600)
})
