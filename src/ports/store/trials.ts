import type { NewBatchRow } from './building.ts'
import type { NewRun } from './runs.ts'

/** Records that are asked in real time to see what comes back: runs beside the live run of a job. */
export interface TrialStore {
  /** One transaction: a run that is none of its job's in any list, one file, and an attempt at it that nobody else takes up. Returns the attempt's id. */
  startTrial(trial: Trial): Promise<number>
}

export interface Trial {
  readonly run: Omit<NewRun, 'hold' | 'maySend' | 'plan'>
  readonly batch: NewBatchRow
  readonly nonce: string
  /** When the attempt is ended by somebody else, should this process die. */
  readonly nextAt: number
}
