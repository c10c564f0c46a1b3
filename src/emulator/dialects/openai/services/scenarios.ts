import type { BatchScenario } from '../../../core/scenarios/definition.ts'

/** Scenarios that Together's jobs were seen to play. */
export const togetherScenarios: readonly BatchScenario[] = [
  {
    // together-ai 0.52, BatchJob: every member of a job is optional, and none counts requests.
    name: 'together-no-counts',
    concerns: 'batch',
    summary: 'tells neither progress nor size: nothing shows how much of it has run',
  },
]
