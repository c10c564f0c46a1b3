import { expect, test } from 'vitest'
import type { ErrorGroup } from '../../../../src/server/contract/row.ts'
import { retryReach } from './retry-reach.ts'

function group(outcome: ErrorGroup['outcome'], reason: string | null, count: number): ErrorGroup {
  return {
    outcome,
    reason,
    count,
    examples: [],
    description: '',
    retrying: 0,
    needsAttention: true,
    retryable: true,
    command: '',
  }
}

const groups = [
  group('invalid', 'topics: too few', 4),
  group('invalid', 'Topics: too few of them', 2),
  group('invalid', null, 1),
  group('expired', null, 3),
]

test.each([
  [0, 6, { outcomes: ['invalid'], reason: 'topics: too few' }],
  [1, 2, { outcomes: ['invalid'], reason: 'Topics: too few of them' }],
  [2, 7, { outcomes: ['invalid'] }],
  [3, 3, { outcomes: ['expired'] }],
])('group %j reaches %j requests', (at, count, choice) => {
  const wanted = groups[at]
  if (wanted === undefined) throw new Error('there is no such group')
  expect(retryReach(wanted, groups)).toEqual({ choice, count })
})

test('a long reason is cut to what the server takes', () => {
  const long = group('invalid', 'x'.repeat(1_200), 5)
  expect(retryReach(long, [long])).toEqual({
    choice: { outcomes: ['invalid'], reason: 'x'.repeat(1_000) },
    count: 5,
  })
})
