import { expect, test } from 'vitest'
import { reportedTokenLimit } from './reported-limit.ts'

test.for([
  [
    'Enqueued token limit reached for gpt-4o-mini. Limit: 2,000,000 enqueued tokens. Please try again.',
    2_000_000,
  ],
  ['The number of enqueued tokens has surpassed the configured limit of 30K for the deployment', 30_000],
  ['over the limit of 1.5B', 1_500_000_000],
  ['token_limit_exceeded', null],
  ['The limit is reached', null],
] as const)('of "%s" the limit is %s', ([message, limit]) => {
  expect(reportedTokenLimit(message)).toBe(limit)
})
