import { expect, test } from 'vitest'
import { phaseCounts, phaseOf } from './batch-phase.ts'

test('a batch that was merged after it ended early is not called done', () => {
  expect(phaseOf({ state: 'merged', reason: 'completed' })).toBe('done')
  expect(phaseOf({ state: 'merged', reason: 'expired' })).toBe('cut')
  expect(phaseOf({ state: 'finalizing', reason: null })).toBe('finalizing')
})

test('phases are counted in the order of the way, of batches and of counters', () => {
  expect(
    phaseCounts([
      { state: 'waiting', reason: null },
      { state: 'merged', reason: 'completed', count: 8 },
      { state: 'in_progress', reason: null },
      { state: 'validating', reason: null },
    ]),
  ).toEqual([
    { phase: 'done', count: 8 },
    { phase: 'running', count: 2 },
    { phase: 'waiting', count: 1 },
  ])
})
