import { expect, test } from 'vitest'
import { eventWords } from './event-words.ts'

test('the step of a batch is told with its phase, its attempt and its reason', () => {
  expect(
    eventWords({ kind: 'attempt', data: { batch: 3, attempt: 2, state: 'in_progress', reason: 'again' } }),
  ).toEqual({ shape: 'half', tone: 'accent', title: 'Batch 3 in progress', more: 'attempt 2 · again' })
})

test('what an event carries is told in words, with money as money', () => {
  expect(eventWords({ kind: 'run.retry', data: { requests: 1, deliveryMode: null } }).more).toBe('1 request')
  expect(eventWords({ kind: 'run.paused', data: { kind: 'budget', shortMicroUsd: 2_500_000 } }).more).toBe(
    'kind budget · short $2.50',
  )
})

test('a kind that is not known is told by its name, and nothing in it is hidden', () => {
  expect(eventWords({ kind: 'moon.rose', data: { message: 'a\u202eb' } })).toEqual({
    shape: 'dots',
    tone: 'plain',
    title: 'moon.rose',
    more: 'a<U+202E>b',
  })
})
