import { expect, test } from 'vitest'
import { maxRetryAfterMs, retryAfterMs } from './retry-after.ts'

const nowMs = Date.parse('2026-11-20T12:00:00Z')

test.for([
  [{ 'retry-after': '7' }, 7_000],
  [{ 'retry-after': '0.25' }, 250],
  [{ 'retry-after': '0' }, 0],
  [{ 'retry-after-ms': '1234.5', 'retry-after': '9' }, 1_235],
  [{ 'x-ms-retry-after-ms': '40' }, 40],
  [{ 'retry-after': 'Fri, 20 Nov 2026 12:00:30 GMT' }, 30_000],
  [{ 'retry-after': 'Fri, 20 Nov 2026 12:00:30 GMT', date: 'Fri, 20 Nov 2026 12:00:20 GMT' }, 10_000],
  [{ 'retry-after': 'Fri, 20 Nov 2020 12:00:30 GMT' }, 0],
  [{ 'retry-after': '-5' }, 0],
  [{ 'retry-after': '99999999999' }, maxRetryAfterMs],
  [{ 'retry-after': '1e400' }, null],
  [{ 'retry-after': '-1e400' }, 0],
  [{ 'retry-after': 'Fri, 20 Nov 2099 12:00:30 GMT' }, maxRetryAfterMs],
  [{ 'retry-after': 'soon' }, null],
  [{ 'retry-after': ' ' }, null],
  [{}, null],
] as const)('%o is %s ms', ([headers, expected]) => {
  expect(retryAfterMs(headers, nowMs)).toBe(expected)
})
