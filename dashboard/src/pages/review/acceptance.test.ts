import { expect, test } from 'vitest'
import { acceptance, acceptedWords } from './acceptance.ts'

test.each([
  [1, 0, 0, 'accepted 100 % (±80)'],
  [0, 0, 1, 'accepted 0 % (±80)'],
  [30, 17, 3, 'accepted 94 % (±11)'],
  [94, 0, 6, 'accepted 94 % (±7)'],
  [2, 0, 97, 'accepted 2 % (±6)'],
])('%j accepted, %j edited and %j rejected read %j', (accept, edit, reject, words) => {
  const share = acceptance({ accept, edit, reject, skip: 9 })
  expect(share === null ? null : acceptedWords(share)).toBe(words)
})

test('without a verdict there is no share', () => {
  expect(acceptance({ accept: 0, edit: 0, reject: 0, skip: 9 })).toBeNull()
})
