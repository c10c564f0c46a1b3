import { expect, test } from 'vitest'
import type { Recovery } from '../../domain/limits.ts'
import {
  type Candidate,
  type CreateDecision,
  decideUnconfirmed,
  type UnconfirmedCreate,
} from './unconfirmed-create.ts'

const create: UnconfirmedCreate = { nonce: 'n1', staged: 'file-1', lookups: 0, withdrawnAt: null }
const marked: Recovery = { create: 'once', proof: 'marked', fence: true }
const settleMs = [1_000, 2_000]

function batch(id: string, more: Partial<Candidate> = {}): Candidate {
  return { id, nonce: null, staged: 'file-other', createdAtMs: 5, ...more }
}

function decide(
  batches: readonly Candidate[],
  more: Partial<UnconfirmedCreate> = {},
  known: readonly string[] = [],
  recovery: Recovery = marked,
): CreateDecision {
  return decideUnconfirmed({ ...create, ...more }, recovery, { kind: 'shown', batches }, known, settleMs)
}

test('a batch with the nonce or the input file is adopted, the oldest of several, whatever the clocks say', () => {
  expect(decide([batch('b1', { nonce: 'n1', createdAtMs: -9e9 })])).toEqual({
    kind: 'adopt',
    id: 'b1',
    duplicates: [],
  })
  expect(
    decide([batch('b2', { staged: 'file-1', createdAtMs: 9 }), batch('b1', { nonce: 'n1', createdAtMs: 3 })]),
  ).toEqual({ kind: 'adopt', id: 'b1', duplicates: ['b2'] })
})

test('a list that shows what is known is searched again, then the file is deleted, then the file is sent again', () => {
  const seen = [batch('b0')]
  expect(decide(seen, {}, ['b0'])).toEqual({ kind: 'look-again', afterMs: 1_000 })
  expect(decide(seen, { lookups: 1 }, ['b0'])).toEqual({ kind: 'look-again', afterMs: 2_000 })
  expect(decide(seen, { lookups: 2 }, ['b0'])).toEqual({ kind: 'fence' })
  expect(decide(seen, { lookups: 2, withdrawnAt: 7 }, ['b0'])).toEqual({ kind: 'replace' })
})

test('where no fence can be set, the list is searched for ten times as long before the file is sent again', () => {
  const seen = [batch('b0')]
  const unfenced = { ...marked, fence: false }
  const pauses: number[] = []
  for (;;) {
    const decided = decide(seen, { lookups: pauses.length }, ['b0'], unfenced)
    if (decided.kind !== 'look-again') {
      expect(decided).toEqual({ kind: 'replace' })
      break
    }
    pauses.push(decided.afterMs)
  }
  expect(pauses).toEqual([1_000, 2_000, 9_000, 18_000])
})

test('a list that hides a batch which is known to exist proves nothing, at any time', () => {
  for (const lookups of [0, 2, 9])
    expect(decide([], { lookups, withdrawnAt: 7 }, ['b0'])).toMatchObject({ kind: 'ask' })
})

test('a list that is refused proves nothing', () => {
  const refused = decideUnconfirmed(
    { ...create, lookups: 9 },
    marked,
    { kind: 'refused', words: '405' },
    [],
    settleMs,
  )
  expect(refused).toEqual({ kind: 'ask', words: 'the list of batches is refused: 405' })
})

test('a list of batches that carry neither metadata nor input files proves nothing', () => {
  expect(decide([batch('b7', { staged: null })], { lookups: 9, withdrawnAt: 7 })).toMatchObject({
    kind: 'ask',
  })
  expect(decide([batch('b0', { staged: null })], {}, ['b0']), 'one that is known').toMatchObject({
    kind: 'look-again',
  })
})

const possible: Recovery = { create: 'once', proof: 'possible', fence: false }

test('where a batch shows its ids alone, one with ours is adopted and one that hides them is waited for', () => {
  const others = batch('b1', { staged: null, ids: 'others' })
  const hidden = batch('b2', { staged: null, ids: 'hidden' })
  const ours = batch('b3', { staged: null, ids: 'ours' })
  expect(decide([others, hidden], { lookups: 9 }, [], possible)).toMatchObject({
    kind: 'wait',
    words: expect.stringContaining('has as many requests'),
  })
  expect(decide([others, hidden, ours], {}, [], possible)).toMatchObject({ kind: 'adopt', id: 'b3' })
})

test('where a list can prove nothing by its silence, nothing is ever sent anew', () => {
  const others = [batch('b1', { staged: null, ids: 'others' })]
  for (const lookups of [2, 3, 99])
    expect(decide(others, { lookups, withdrawnAt: 7 }, [], possible)).toMatchObject({ kind: 'ask' })
})

test('a create that may be repeated is repeated, unless its batch is in the list', () => {
  const idempotent: Recovery = { create: 'idempotent', proof: 'marked', fence: false }
  expect(decide([], {}, ['b0'], idempotent)).toEqual({ kind: 'submit-again' })
  expect(decide([batch('b1', { nonce: 'n1' })], {}, [], idempotent)).toMatchObject({ kind: 'adopt' })
})
