import { expect, test } from 'vitest'
import type { UnknownIntent } from '../../ports/store/attempts.ts'
import { chooseIntent } from './choose-intent.ts'

function intent(changes: Partial<UnknownIntent>): UnknownIntent {
  return {
    number: 1,
    projectId: 'l',
    runId: 'r',
    job: 'j',
    batchN: 0,
    attemptId: 1,
    nonce: 'n1',
    tag: 't',
    inputHash: 'same',
    deliveryMode: 'batch',
    filename: null,
    staged: null,
    account: 'a',
    requests: 1,
    maxCostMicroUsd: 1,
    at: 0,
    status: 'open',
    takenBy: null,
    ...changes,
  }
}

const ownIds = new Set(['l'])

test('a file takes the intent with its own nonce before an older one of the same content', () => {
  const older = intent({})
  const own = intent({ number: 2, nonce: 'n2', inputHash: 'other' })
  expect(chooseIntent([older, own], { nonce: 'n2', inputHash: 'same', ownIds })).toEqual({
    kind: 'take',
    intent: own,
  })
})

test('a file takes the oldest intent of its content, a twin too', () => {
  const [first, second] = [intent({ status: 'twin' }), intent({ number: 2, nonce: 'n2' })]
  expect(chooseIntent([first, second], { nonce: 'new', inputHash: 'same', ownIds })).toEqual({
    kind: 'take',
    intent: first,
  })
})

test('a file that matches nothing waits for a person while others are open, and not for twins', () => {
  const open = intent({ inputHash: 'other' })
  expect(chooseIntent([open], { nonce: 'new', inputHash: 'same', ownIds })).toEqual({
    kind: 'ask',
    unmatched: [open],
  })
  expect(
    chooseIntent([intent({ inputHash: 'other', status: 'twin' })], {
      nonce: 'new',
      inputHash: 'same',
      ownIds,
    }),
  ).toEqual({ kind: 'none' })
  expect(chooseIntent([], { nonce: 'new', inputHash: '', ownIds })).toEqual({ kind: 'none' })
})

test('an intent without a known content is found by its nonce alone', () => {
  expect(chooseIntent([intent({ inputHash: '' })], { nonce: 'new', inputHash: '', ownIds })).toMatchObject({
    kind: 'ask',
  })
})

test('what a project has sent that is not known to be this one is never taken, and asked about', () => {
  const theirs = intent({ projectId: 'other' })
  const file = { nonce: 'new', inputHash: 'same' }
  expect(chooseIntent([theirs], { ...file, ownIds })).toEqual({ kind: 'ask', unmatched: [theirs] })
  expect(chooseIntent([theirs], { ...file, ownIds: new Set(['l', 'other']) })).toEqual({
    kind: 'take',
    intent: theirs,
  })
})
