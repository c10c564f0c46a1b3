import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { SeenKeys } from './seen-keys.ts'

test('keys that came before are counted, whatever they are', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 8 })), (keys) => {
      const seen = new SeenKeys()
      for (const key of keys) seen.add(key)
      const distinct = new Set(keys).size
      expect(seen.result).toMatchObject({ records: keys.length - distinct, of: keys.length })
      expect(seen.result.example === null).toBe(distinct === keys.length)
    }),
  )
})

test('neighbouring numbers and long texts with one difference are told apart', () => {
  const seen = new SeenKeys()
  const long = 'x'.repeat(200)
  for (let number = 0; number < 200_000; number += 1) {
    seen.add(String(number))
    if (number % 10 === 0) seen.add(`${long}${number}`)
  }
  expect(seen.result).toEqual({ records: 0, of: 220_000, example: null })
  seen.add('77')
  expect(seen.result).toEqual({ records: 1, of: 220_001, example: '77' })
})

test('keys for which there is no more room are not counted, and it is said that there are more', () => {
  const seen = new SeenKeys(3)
  expect(['a', 'b', 'a', 'c'].map((key) => seen.add(key))).toEqual([true, true, true, true])
  expect(seen.result).toEqual({ records: 1, of: 4, example: 'a' })
  expect(seen.add('d')).toBe(false)
  expect(seen.result).toEqual({ records: 1, of: 4, example: 'a', hasMore: true })
})
