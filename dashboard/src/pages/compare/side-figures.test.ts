import { expect, test } from 'vitest'
import type { Comparison } from '../../../../src/server/contract/compare.ts'
import { figureRows } from './side-figures.ts'

const a: Comparison['a'] = {
  name: '6xq1',
  job: 'headnotes',
  model: 'gpt-4o-mini',
  records: 200,
  compared: 200,
  validPercent: 95,
  costMicroUsd: 300_000,
  microUsdPerRecord: 1_500,
  outputTokens: 210.4,
  score: 0.7,
}

type Differences = Comparison['differences']

const nothing: Differences = { validPercent: null, score: null, microUsdPerRecord: null, outputTokens: null }

function sure(difference: number): Differences['score'] {
  return { difference, low: difference * 0.5, high: difference * 1.5, mayBeChance: false }
}

function betters(
  b: Partial<Comparison['a']>,
  differences: Partial<Differences> = {},
): Readonly<Record<string, string>> {
  const rows = figureRows({ a, b: { ...a, name: '7k2m', ...b }, differences: { ...nothing, ...differences } })
  return Object.fromEntries(
    rows.flatMap(({ name, better, note }) => (note === null ? [] : [[name, `${better ?? '-'} ${note}`]])),
  )
}

test('what is better is named on its side', () => {
  expect(
    betters(
      { validPercent: 99.5, microUsdPerRecord: 1_100, score: 0.65 },
      { validPercent: sure(4.5), microUsdPerRecord: sure(-400), score: sure(-0.05) },
    ),
  ).toEqual({
    Valid: 'b 4.5 points more',
    Score: 'a 0.050 higher',
    'Cost of a record': 'b 27 % less',
  })
})

test('a difference that chance makes is no better, nor one of too few records', () => {
  const random = { difference: 1, low: -2, high: 4, mayBeChance: true }
  expect(betters({ validPercent: 96 }, { validPercent: random })).toEqual({ Valid: '- may be chance' })
  expect(betters({ validPercent: 96 })).toEqual({ Valid: '- too few to tell' })
})

test('what is the same, or not there, has no better', () => {
  expect(betters({})).toEqual({})
  const unscored = { ...a, score: null }
  expect(figureRows({ a: unscored, b: unscored, differences: nothing }).map(({ name }) => name)).toEqual([
    'Records compared',
    'Valid',
    'Cost of a record',
    'Cost of the run',
    'Tokens out',
  ])
})
