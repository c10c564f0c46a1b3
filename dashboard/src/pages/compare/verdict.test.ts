import { expect, test } from 'vitest'
import type { Comparison } from '../../../../src/server/contract/compare.ts'
import { verdictOf } from './verdict.ts'

const side: Comparison['a'] = {
  name: '6xq1',
  job: 'headnotes',
  model: 'gpt-4o-mini',
  records: 200,
  compared: 200,
  validPercent: 97,
  costMicroUsd: 300_000,
  microUsdPerRecord: 1_500,
  outputTokens: 210,
  score: null,
}
const cheaper = { ...side, name: '7k2m', costMicroUsd: 220_000, microUsdPerRecord: 1_100 }

const surely = { difference: -400, low: -500, high: -300, mayBeChance: false }
const differences = { validPercent: null, score: null, microUsdPerRecord: surely, outputTokens: null }
const none = { a: 0, b: 0, tie: 0, bad: 0 }

function judged(a: number, b: number, tie: number = 0, bad: number = 0) {
  return verdictOf({ a: side, b: { ...side, name: '7k2m' }, differences, preferred: { a, b, tie, bad } })
}

test('without judgements only the price speaks', () => {
  const { strength, better, notes } = verdictOf({
    a: side,
    b: cheaper,
    differences,
    preferred: none,
  })
  expect([strength, better]).toEqual(['none', null])
  expect(notes).toEqual([
    '8 judgements that agree are the fewest that tell A from B.',
    'B costs 27 % less: $0.0011 a record.',
  ])
})

test('a lower price that chance makes too, or that too few records show, is said to be that', () => {
  const seen = 'B costs 27 % less: $0.0011 a record'
  for (const [found, words] of [
    [{ ...surely, high: 100, mayBeChance: true }, `${seen}, which chance does too.`],
    [null, `${seen}; these are too few records to tell.`],
  ] as const)
    expect(
      verdictOf({
        a: side,
        b: cheaper,
        differences: { ...differences, microUsdPerRecord: found },
        preferred: none,
      }).notes.at(-1),
    ).toBe(words)
})

test('two prompts of one run have no record to be judged', () => {
  const [plain, long] = [
    { ...side, name: '7k2m:plain' },
    { ...cheaper, name: '7k2m:long' },
  ]
  expect(verdictOf({ a: plain, b: long, differences, preferred: none })).toEqual({
    strength: 'none',
    better: null,
    headline: 'No record in common: only the figures speak.',
    notes: ['B costs 27 % less: $0.0011 a record.'],
  })
})

test('few judgements are too thin, whatever they say', () => {
  expect(judged(0, 7)).toMatchObject({
    strength: 'thin',
    better: null,
    headline: 'Too thin to tell: B is preferred in 7 of 7.',
  })
  expect(judged(0, 0, 3)).toMatchObject({
    strength: 'thin',
    headline: 'Too thin to tell: no record is better on one side.',
  })
})

test('a side is better only where chance hardly does as well', () => {
  expect(judged(31, 72)).toMatchObject({
    strength: 'clear',
    better: 'b',
    headline: 'B is better: preferred in 72 of 103.',
  })
  expect(judged(8, 0)).toMatchObject({ strength: 'clear', better: 'a' })
  expect(judged(12, 17)).toMatchObject({
    strength: 'open',
    better: null,
    headline: 'Not told apart yet: B is preferred in 17 of 29, which chance does too.',
  })
  expect(judged(20, 20).notes[0]).toBe('They are close: many more judgements would hardly tell.')
})

test('ties and answers that are both bad are said', () => {
  expect(judged(2, 3, 30)).toMatchObject({ strength: 'open', headline: 'Mostly as good: a tie in 30 of 35.' })
  expect(judged(5, 6, 0, 30).notes.at(-1)).toBe(
    'Both are bad in 30 of 41: neither may be good enough for the full run.',
  )
})
