import type { BatchRecord } from '../records.ts'

/** Counts of the requests that have run so far, of a batch that is not settled yet. */
export interface Progress {
  readonly completed: number
  readonly failed: number
}

/** The driver of batches through their states by the clock; one quiet task per live batch. */
export interface Lifecycle {
  start(batchId: string): void
  cancel(batchId: string): Promise<BatchRecord>
  /** Lets a batch run to its end at once, whatever the clock says. */
  finishNow(batchId: string): Promise<void>
  progress(batchId: string): Progress
  /** Resolves when every task has stopped; the clock must have been stopped before. */
  settled(): Promise<void>
}
