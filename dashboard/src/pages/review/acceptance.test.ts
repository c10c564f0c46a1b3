import { expect, test } from 'vitest'
import { acceptance as ofTheServer } from '../../../../src/planning/acceptance.ts'
import { acceptance, acceptedWords } from './acceptance.ts'

test.each([
  [0, 0, 0],
  [1, 0, 0],
  [0, 0, 1],
  [30, 17, 3],
  [2, 0, 97],
])('%j accepted, %j edited and %j rejected come to what the server tells', (accept, edit, reject) => {
  expect(acceptance({ accept, edit, reject, skip: 9 })).toEqual(
    ofTheServer(accept + edit, accept + edit + reject),
  )
})

test('it is told as on the command line', () => {
  expect(acceptedWords({ percent: 94.3, errorPercent: 5.2 })).toBe('accepted 94 % (±6)')
})
