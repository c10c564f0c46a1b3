import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { keyOf, keyParts } from './record-key.ts'
import { keyOfTyped, listedKey, typedKey, typedParts } from '../wording/typed-key.ts'

/** Texts that are made of what a key could trip over, halves of pairs among them. */
const pieces =
  'a|b|0|10|/|\\|\\u|\\u001f|\\u0041|u0000|#|"|\'|,|@|\\u002c| |  |\t|\n|\u0000|\u0010|\u001f|\u00101|\u0010001f|\ud83d|\ude00|😀|\u202e|\u00a0'
const nasty = fc
  .array(fc.constantFrom(...pieces.split('|')), { minLength: 1, maxLength: 6 })
  .map((some) => some.join(''))
const text = fc.oneof(nasty, fc.string({ unit: 'binary', minLength: 1 }), fc.string({ minLength: 1 }))
const parts = fc.array(text, { minLength: 1, maxLength: 4 })

test('a key tells the texts that it was made of, whatever they hold', () => {
  fc.assert(
    fc.property(parts, (given) => {
      const key = keyOf(given)
      expect(keyParts(key)).toEqual(given)
      expect(key.isWellFormed()).toBe(true)
      expect(key).not.toContain('\u0000')
    }),
  )
})

test('a key that is read from a screen and typed is the same key', () => {
  fc.assert(
    fc.property(parts, (given) => {
      const key = keyOf(given)
      expect(keyOfTyped(typedKey(key), given.length)).toBe(key)
      if (given.length > 1 || typedKey(key) === key) expect(keyOfTyped(key, given.length)).toBe(key)
      if (given.length > 1) expect(typedParts(typedKey(key))).toEqual(given)
      expect(keyOfTyped(listedKey(key), given.length)).toBe(key)
      expect(listedKey(key)).not.toMatch(/^@|,/)
      expect(typedKey(key)).toBe(typedKey(key).replaceAll(/\s+/g, ' ').trim())
    }),
  )
})

test('usual texts are in a key as they are, and on a screen with slashes between', () => {
  expect(keyOf(['sku-1', 'de'])).toBe('sku-1\u001fde')
  expect(typedKey('sku-1\u001fde')).toBe('sku-1/de')
  expect(keyOfTyped('sku-1/de', 2)).toBe('sku-1\u001fde')
  for (const path of ['scans/2024/a', 'C:\\scans\\a', '\\\\server\\a', 'a b', '😀', '"x"', 'caf\\u00e9']) {
    expect(keyOf([path])).toBe(path)
    expect(typedKey(path)).toBe(path)
    expect(keyOfTyped(path, 1)).toBe(path)
  }
})

test('a slash, a backslash and what nobody sees are told in a composite key', () => {
  expect(typedKey(keyOf(['a/b', 'c']))).toBe('a\\/b/c')
  expect(typedKey(keyOf(['a', 'b/c']))).toBe('a/b\\/c')
  expect(typedKey(keyOf(['a\\', 'c']))).toBe('a\\\\/c')
  expect(typedKey(keyOf(['x\u001fy', ' z']))).toBe('x\\u001fy/\\u0020z')
  expect(keyOfTyped('x\\u001fy/z', 2)).toBe(keyOf(['x\u001fy', 'z']))
  expect(keyOf(['x\u001fy', 'z'])).not.toBe(keyOf(['x', 'y\u001fz']))
})

test('a key with another number of parts is taken for one text', () => {
  expect(keyOfTyped('a/b/c', 2)).toBe('a/b/c')
  expect(keyOfTyped('a\u001fb/c', 2)).toBe('a\u001fb/c')
  expect(keyOfTyped('a\\/b', 2), 'a whole of one text, by its marked slash').toBe('a/b')
  expect(keyOfTyped('\\\\server\\a', 2)).toBe('\\\\server\\a')
})
