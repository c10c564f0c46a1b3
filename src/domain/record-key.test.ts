import { expect, test } from 'vitest'
import { keyOfTyped, typedKey } from './record-key.ts'

test('a composite key is typed with slashes, as it is shown', () => {
  const key = keyOfTyped('sku-1/de', 2)
  expect(key).toBe('sku-1\u001fde')
  expect(typedKey(key)).toBe('sku-1/de')
})

test('a key of one part keeps its slashes', () => {
  expect(keyOfTyped('scans/2024/a', 1)).toBe('scans/2024/a')
})

test('a key with another number of parts is left as it is', () => {
  expect(keyOfTyped('a/b/c', 2)).toBe('a/b/c')
  expect(keyOfTyped('a\u001fb/c', 2)).toBe('a\u001fb/c')
})
