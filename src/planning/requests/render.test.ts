import { expect, test } from 'vitest'
import { variantOf } from './render.ts'

test('a record always gets the same variant', () => {
  expect(variantOf('case-17', ['a', 'b'])).toBe(variantOf('case-17', ['a', 'b']))
})

test('every variant gets its share of the records', () => {
  const counts = new Map<string | null, number>()
  for (let key = 0; key < 3_000; key += 1) {
    const name = variantOf(String(key), ['a', 'b', 'c'])
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  for (const name of ['a', 'b', 'c']) {
    expect(counts.get(name)).toBeGreaterThan(900)
    expect(counts.get(name)).toBeLessThan(1_100)
  }
})

test('without variants there is none', () => {
  expect(variantOf('1', [])).toBeNull()
})
