import { expect, test } from 'vitest'
import { shortenedMiddle } from './shortened-middle.ts'

test('keys that differ at one end stay apart where they are shortened', () => {
  const keys = ['1', '2'].flatMap((end) => [
    `https://example.org/a/long/way/${end}`,
    `${end}-of-a-long-series-of-cases`,
  ])
  const shown = keys.map((key) => shortenedMiddle(key, 17))
  expect(new Set(shown).size).toBe(4)
  for (const text of shown) expect(text).toHaveLength(17)
  expect(shortenedMiddle('case-1042', 17)).toBe('case-1042')
  expect(shortenedMiddle('👩‍👧'.repeat(5), 3)).toBe('👩‍👧…👩‍👧')
})
