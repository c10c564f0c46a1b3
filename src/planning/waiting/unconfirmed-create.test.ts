import { expect, test } from 'vitest'
import {
  type Candidate,
  type CreateDecision,
  decideUnconfirmed,
  type UnconfirmedCreate,
} from './unconfirmed-create.ts'

const create: UnconfirmedCreate = { nonce: 'n1', fileId: 'file-1', lookups: 0, fencedAt: null }
const settleMs = [1_000, 2_000]

function batch(id: string, more: Partial<Candidate> = {}): Candidate {
  return { id, nonce: null, inputFileId: 'file-other', createdAtMs: 5, ...more }
}

function decide(
  batches: readonly Candidate[],
  more: Partial<UnconfirmedCreate> = {},
  known: readonly string[] = [],
  fence = true,
): CreateDecision {
  return decideUnconfirmed({ ...create, ...more }, { fence }, { kind: 'shown', batches }, known, settleMs)
}

test('a batch with the nonce or the input file is adopted, the oldest of several, whatever the clocks say', () => {
  expect(decide([batch('b1', { nonce: 'n1', createdAtMs: -9e9 })])).toEqual({
    kind: 'adopt',
    id: 'b1',
    duplicates: [],
  })
  expect(
    decide([
      batch('b2', { inputFileId: 'file-1', createdAtMs: 9 }),
      batch('b1', { nonce: 'n1', createdAtMs: 3 }),
    ]),
  ).toEqual({ kind: 'adopt', id: 'b1', duplicates: ['b2'] })
})

test('a list that shows what is known is searched again, then the file is deleted, then the file is sent again', () => {
  const seen = [batch('b0')]
  expect(decide(seen, {}, ['b0'])).toEqual({ kind: 'look-again', afterMs: 1_000 })
  expect(decide(seen, { lookups: 1 }, ['b0'])).toEqual({ kind: 'look-again', afterMs: 2_000 })
  expect(decide(seen, { lookups: 2 }, ['b0'])).toEqual({ kind: 'fence' })
  expect(decide(seen, { lookups: 2, fencedAt: 7 }, ['b0'])).toEqual({ kind: 'replace' })
  expect(decide(seen, { lookups: 2 }, ['b0'], false), 'without a fence').toEqual({ kind: 'replace' })
})

test('a list that hides a batch which is known to exist proves nothing, at any time', () => {
  for (const lookups of [0, 2, 9])
    expect(decide([], { lookups, fencedAt: 7 }, ['b0'])).toMatchObject({ kind: 'ask' })
})

test('a list that is refused proves nothing', () => {
  const refused = decideUnconfirmed(
    { ...create, lookups: 9 },
    { fence: true },
    { kind: 'refused', words: '405' },
    [],
    settleMs,
  )
  expect(refused).toEqual({ kind: 'ask', words: 'the list of batches is refused: 405' })
})

test('a list of batches that carry neither metadata nor input files proves nothing', () => {
  expect(decide([batch('b7', { inputFileId: null })], { lookups: 9, fencedAt: 7 })).toMatchObject({
    kind: 'ask',
  })
  expect(decide([batch('b0', { inputFileId: null })], {}, ['b0']), 'one that is known').toMatchObject({
    kind: 'look-again',
  })
})
