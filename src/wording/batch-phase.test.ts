import { expect, test } from 'vitest'
import { phaseCounts, phaseOf } from './batch-phase.ts'

test('a batch that was merged after it ended early is not called done', () => {
  expect(phaseOf({ state: 'merged', ending: 'completed' })).toBe('done')
  expect(phaseOf({ state: 'merged', ending: 'expired' })).toBe('cut')
  expect(phaseOf({ state: 'finalizing', ending: null })).toBe('finalizing')
})

test('phases are counted in the order of the way, of batches and of counters', () => {
  expect(
    phaseCounts([
      { state: 'waiting', ending: null },
      { state: 'merged', ending: 'completed', count: 8 },
      { state: 'in_progress', ending: null },
      { state: 'validating', ending: null },
    ]),
  ).toEqual([
    { phase: 'done', count: 8 },
    { phase: 'running', count: 2 },
    { phase: 'waiting', count: 1 },
  ])
})
