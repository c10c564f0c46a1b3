import type { RunState } from '../../../../src/server/contract/run.ts'
import { oneOf, type Search, textOf } from '../../shell/search.ts'

export const runStates: readonly RunState[] = [
  'building',
  'running',
  'paused',
  'cancelling',
  'cancelled',
  'done',
]

/** Of which job, and in which state, the runs are that are listed. */
export interface RunsSearch {
  readonly job?: string | undefined
  readonly state?: RunState | undefined
}

/** What an address says of it. */
export function readRuns(search: Search): RunsSearch {
  return { job: textOf(search['job']), state: oneOf(runStates, search['state']) }
}
