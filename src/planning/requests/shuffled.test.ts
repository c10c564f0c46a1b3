import { expect, test } from 'vitest'
import { shuffled } from './shuffled.ts'

const range = (size: number): readonly number[] => Array.from({ length: size }, (_, at) => at)

test('has every number once, whatever the size', () => {
  for (const size of [0, 1, 2, 3, 10, 99, 100, 101, 1_000])
    expect([...shuffled('7k2m', size)].toSorted((one, other) => one - other)).toEqual(range(size))
})

test('is the same at every call, and another one for another seed', () => {
  const first = [...shuffled('7k2m', 100)]
  expect([...shuffled('7k2m', 100)]).toEqual(first)
  expect([...shuffled('6xq1', 100)]).not.toEqual(first)
  expect(first).not.toEqual(range(100))
})

test('draws from all over, evenly', () => {
  const tenths = range(10).map(() => 0)
  for (const seed of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'])
    for (const place of shuffled(seed, 100_000).take(250)) tenths[Math.floor(place / 10_000)]! += 1
  for (const count of tenths) expect(Math.abs(count - 200)).toBeLessThan(60)
})
