import { expect, test } from 'vitest'
import { countOf, flagOf, oneOf, readSearch, textOf, writeSearch } from './search.ts'

test('an address says what it filters by, and nothing of what it does not', () => {
  expect(writeSearch({ q: '10 42', state: undefined, changed: false, all: true, batch: 3 })).toBe(
    '?q=10+42&all=true&batch=3',
  )
  expect(writeSearch({})).toBe('')
  expect(readSearch('?q=10+42&batch=3')).toEqual({ q: '10 42', batch: '3' })
})

test('what is typed into an address is read with care', () => {
  expect(textOf('')).toBeUndefined()
  expect(textOf('007')).toBe('007')
  expect(countOf('12')).toBe(12)
  for (const wrong of ['-1', '1.5', 'x', '', null, undefined]) expect(countOf(wrong)).toBeUndefined()
  expect(flagOf('true')).toBe(true)
  expect(flagOf('yes')).toBeUndefined()
  expect(oneOf(['a', 'b'], 'b')).toBe('b')
  expect(oneOf(['a', 'b'], 'c')).toBeUndefined()
})
