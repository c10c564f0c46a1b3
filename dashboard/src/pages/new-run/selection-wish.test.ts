import { expect, test } from 'vitest'
import { firstWish, readWish } from './selection-wish.ts'

test('an untouched form selects everything that is to be done', () => {
  expect(readWish([], {}, firstWish)).toEqual({
    selection: { params: {}, limit: null, only: null, redo: false },
    wrong: {},
  })
})

test('what is typed selects records and says how they are sent', () => {
  expect(
    readWish(
      [],
      {},
      { ...firstWish, limit: ' 5 ', only: 'a, b\nc', redo: true, deliveryMode: 'flex', deadline: '20h' },
    ).selection,
  ).toEqual({
    params: {},
    limit: 5,
    only: ['a', 'b', 'c'],
    redo: true,
    deliveryMode: 'flex',
    deadline: '20h',
  })
})

test('what cannot be is said next to its field', () => {
  const { wrong } = readWish([], {}, { ...firstWish, limit: '0', deadline: 'tomorrow' })
  expect(Object.keys(wrong)).toEqual(['limit', 'deadline'])
})
