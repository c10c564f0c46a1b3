import { expect, test } from 'vitest'
import { wholeText } from './result-fields.ts'

test('a text with half of a surrogate pair is its JSON, from which it can be read again', () => {
  expect(wholeText('a ship ⛵ and a 🚢')).toBe('a ship ⛵ and a 🚢')
  expect(wholeText('cut \ud83d')).toBe('"cut \\ud83d"')
  expect(JSON.parse(wholeText('cut \ud83d'))).toBe('cut \ud83d')
})
