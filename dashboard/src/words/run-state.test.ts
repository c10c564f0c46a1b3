import { expect, test } from 'vitest'
import { runStateMark } from './run-state.ts'

const network = { for: 'network', label: 'the provider cannot be reached', since: 1, batches: 2 } as const
const tokens = { for: 'tokens', label: 'waiting for enqueued tokens', since: 1, batches: 9 } as const

test('a run in a list that stands still says for what, unless it only waits for room', () => {
  const run = { state: 'running', needsAttention: 0, pauseKind: null } as const
  expect(runStateMark({ ...run, waits: [] }).words).toBe('running')
  expect(runStateMark({ ...run, waits: [tokens] }).words).toBe('running')
  expect(runStateMark({ ...run, waits: [tokens, network] })).toEqual({
    shape: 'warn',
    tone: 'warn',
    words: 'waits: network',
  })
  expect(runStateMark({ ...run, state: 'cancelling', waits: [network] }).words).toBe(
    'cancelling, waits: network',
  )
})
