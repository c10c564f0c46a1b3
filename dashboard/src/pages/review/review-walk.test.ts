import { expect, test } from 'vitest'
import type { VerdictName } from '../../../../src/server/contract/review.ts'
import { beginWalk, forget, givenIn, refuse, type ReviewWalk, say, step, toUndo } from './review-walk.ts'

const none = { accept: 0, edit: 0, reject: 0, skip: 0 }

function walk(
  verdicts: Readonly<Record<string, VerdictName | null>> = { a: null, b: null, c: null },
  given: Partial<typeof none> = {},
): ReviewWalk {
  const items = Object.entries(verdicts).map(([key, verdict]) => ({
    key,
    verdict,
    outcome: 'review' as const,
    score: null,
  }))
  return beginWalk({ items, verdicts: { ...none, ...given } })
}

test('it begins at the first record of which nothing is said, and continues to the next one', () => {
  const begun = walk({ a: 'skip', b: null, c: 'accept', d: null })
  expect(begun.at).toBe(1)
  expect(say(begun, 'b', 'accept').at).toBe(3)
  expect(say(say(begun, 'b', 'accept'), 'd', 'reject').at, 'the end').toBe(4)
})

test('what was passed by comes before the end', () => {
  const ahead = step(step(walk(), 1), 1)
  expect(ahead.at).toBe(2)
  const last = say(ahead, 'c', 'accept')
  expect(last.at).toBe(0)
  expect(say(say(last, 'a', 'accept'), 'b', 'skip').at).toBe(3)
})

test('it counts what was said before, and nothing twice', () => {
  const begun = walk({ a: 'skip', b: null }, { accept: 5, skip: 1 })
  expect(givenIn(begun)).toEqual({ ...none, accept: 5, skip: 1 })
  const said = say(say(begun, 'b', 'reject'), 'a', 'accept')
  expect(givenIn(said)).toEqual({ ...none, accept: 6, reject: 1 })
  expect(givenIn(forget(said, 'a'))).toEqual({ ...none, accept: 5, reject: 1 })
})

test('a refused verdict is as if nobody had said it, and its record is back', () => {
  const begun = walk({ a: 'skip', b: null, c: null })
  const said = say(say(begun, 'b', 'accept'), 'c', 'accept')
  const back = refuse(said, { key: 'b', verdict: 'accept', before: null })
  expect(back.at).toBe(1)
  expect(back.verdicts.has('b')).toBe(false)
  expect(back.said.map(({ key }) => key)).toEqual(['c'])
  expect(refuse(said, { key: 'b', verdict: 'accept', before: null }, true).at).toBe(3)
  expect(
    refuse(say(begun, 'a', 'accept'), { key: 'a', verdict: 'accept', before: 'skip' }).verdicts.get('a'),
  ).toBe('skip')
})

test('undo takes what is in sight, else the last that was said', () => {
  expect(toUndo(walk())).toBeNull()
  const said = say(say(walk(), 'a', 'accept'), 'b', 'reject')
  expect(toUndo(said)).toBe('b')
  expect(toUndo(step(said, -2))).toBe('a')
  const undone = forget(said, 'b')
  expect([undone.at, toUndo(undone)]).toEqual([1, 'a'])
})
