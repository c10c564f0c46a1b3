import { expect, test } from 'vitest'
import type { Comparison } from '../../../../src/server/contract/compare.ts'
import { figureRows } from './side-figures.ts'

const a: Comparison['a'] = {
  name: '6xq1',
  records: 200,
  validPercent: 95,
  costMicroUsd: 300_000,
  microUsdPerRecord: 1_500,
  outputTokens: 210.4,
  score: 0.7,
}

function betters(b: Partial<Comparison['a']>): Readonly<Record<string, string>> {
  const rows = figureRows({ a, b: { ...a, name: '7k2m', ...b } })
  return Object.fromEntries(
    rows.flatMap(({ name, better, note }) => (note === null ? [] : [[name, `${better ?? '-'} ${note}`]])),
  )
}

test('what is better is named on its side', () => {
  expect(betters({ validPercent: 99.5, microUsdPerRecord: 1_100, score: 0.65 })).toEqual({
    Valid: 'b 4.5 points more',
    Score: 'a 0.050 higher',
    'Cost of a record': 'b 27 % less',
  })
})

test('a difference that chance makes is no better', () => {
  expect(betters({ validPercent: 96 })).toEqual({ Valid: '- may be chance' })
})

test('what is the same, or not there, has no better', () => {
  expect(betters({})).toEqual({})
  expect(betters({ validPercent: null, score: null, microUsdPerRecord: null })).toEqual({})
  expect(figureRows({ a: { ...a, score: null }, b: { ...a, score: null } }).map(({ name }) => name)).toEqual([
    'Records',
    'Valid',
    'Cost of a record',
    'Cost in all',
    'Tokens out',
  ])
})
