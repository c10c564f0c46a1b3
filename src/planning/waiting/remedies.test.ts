import { expect, test } from 'vitest'
import { remediesFor, retryKind } from './remedies.ts'

const choice = { outcomes: null, today: null, model: null, maxTokens: null } as const

test('what may pass is offered as it was sent, and what cannot is not', () => {
  expect(
    remediesFor(
      { expired: 3, invalid: 2, truncated: 4, refused: 1 },
      { accepted: {}, asked: 0, judgesOtherwise: false },
    ),
  ).toEqual([{ kind: 'as-sent', outcomes: ['invalid', 'expired'], records: 5 }])
})

test('what is free comes first, then what has changed since, then the same again', () => {
  const offers = remediesFor(
    { invalid: 120, truncated: 4 },
    { accepted: { invalid: 118 }, asked: 124, judgesOtherwise: false },
  )
  expect(offers).toEqual([
    { kind: 'judge', outcomes: ['invalid'], records: 118 },
    { kind: 'today', outcomes: ['invalid', 'truncated'], records: 124 },
    { kind: 'as-sent', outcomes: ['invalid'], records: 120 },
  ])
})

test('nothing is offered for what is well, waits, or is judged by people', () => {
  expect(
    remediesFor(
      { merged: 9, held: 1, declined: 2, lost: 1 },
      { accepted: {}, asked: 0, judgesOtherwise: false },
    ),
  ).toEqual([])
})

test('what only a change can help is asked with the job of today, unless somebody says otherwise', () => {
  expect(retryKind({ ...choice, outcomes: ['truncated'] })).toBe('today')
  expect(retryKind({ ...choice, outcomes: ['expired', 'refused'] })).toBe('today')
  expect(retryKind({ ...choice, outcomes: ['refused'], today: false })).toBe('as-sent')
  expect(retryKind({ ...choice, outcomes: ['invalid'] })).toBe('as-sent')
  expect(retryKind({ ...choice, outcomes: ['invalid'], today: true })).toBe('today')
  expect(retryKind({ ...choice, maxTokens: 400 })).toBe('today')
  expect(retryKind(choice)).toBe('as-sent')
})
