import { expect, test } from 'vitest'
import type { Row } from '../../../../../src/server/contract/row.ts'
import { rowsCsv } from './rows-csv.ts'

const base: Row = {
  key: 'a',
  seq: 0,
  outcome: 'merged',
  reason: null,
  output: null,
  text: null,
  inputTokens: 12,
  outputTokens: null,
  costUsd: 0.0000015,
  tries: 1,
  batch: 2,
  score: 0.5,
  sameAs: null,
}

test('fields are columns, and what a spreadsheet would run is text on wish', () => {
  const rows = [
    { ...base, key: '=cmd', output: { headnote: '+1 "yes"', n: -3 } },
    { ...base, key: '@SUM(A1)', outcome: 'invalid', reason: '-no, not', output: { topics: ['a', 'b'] } },
  ] as const
  expect(rowsCsv(rows, { escapeFormulas: true }).split('\r\n')).toEqual([
    'key,outcome,reason,input_tokens,output_tokens,cost_usd,tries,batch,score,output.headnote,output.n,output.topics',
    `'=cmd,merged,,12,,0.00000150,1,2,0.5,"'+1 ""yes""",-3,`,
    `'@SUM(A1),invalid,"'-no, not",12,,0.00000150,1,2,0.5,,,"a, b"`,
    '',
  ])
  expect(rowsCsv(rows, { escapeFormulas: false })).toContain('\r\n=cmd,merged')
})

test('an answer without fields is one column', () => {
  expect(rowsCsv([{ ...base, output: '=1+1' }], { escapeFormulas: false }).split('\r\n')[1]).toBe(
    'a,merged,,12,,0.00000150,1,2,0.5,=1+1',
  )
})
