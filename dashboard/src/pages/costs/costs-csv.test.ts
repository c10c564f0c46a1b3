import { expect, test } from 'vitest'
import { costsCsv } from './costs-csv.ts'

test('costs as a file: dollars, quoted names, and no formula', () => {
  const row = {
    name: '=HYPERLINK("x"),a',
    series: null,
    runs: 2,
    merged: 10,
    needsAttention: 1,
    spentMicroUsd: 53_100_000,
    reservedMicroUsd: 0,
    realtimeMicroUsd: 106_200_000,
    savedMicroUsd: 53_100_000,
    wastedMicroUsd: 7,
    duplicateMicroUsd: 0,
  }
  expect(costsCsv({ by: 'job', rows: [row] })).toBe(
    'job,runs,merged,need_person,spent_usd,reserved_usd,realtime_usd,saved_usd,unusable_usd,duplicate_usd\r\n' +
      `"'=HYPERLINK(""x""),a",2,10,1,53.100000,0.000000,106.200000,53.100000,0.000007,0.000000\r\n`,
  )
})
