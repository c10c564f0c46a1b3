import type { AttemptRow, BatchRow, BudgetRow } from '../state.ts'

/** Where runs stand, several of them in one statement. */
export interface TotalsStore {
  /** What one run's status is made of, without what only its workers need. */
  batchSummaries(runId: string): Promise<readonly BatchSummary[]>
  attemptSummaries(runId: string): Promise<readonly AttemptSummary[]>
  batchCounters(runIds: readonly string[]): Promise<readonly BatchCounters[]>
  /** How many batches are in each state, and wait for each reason, by the last attempt of each. */
  batchStates(runIds: readonly string[]): Promise<readonly BatchStates[]>
  holdings(runIds: readonly string[]): Promise<readonly AttemptReservation[]>
  budgets(keys: readonly string[]): Promise<readonly BudgetRow[]>
}

export type BatchSummary = Pick<
  BatchRow,
  'n' | 'round' | 'lane' | 'requests' | 'bytes' | 'records' | 'counts' | 'usage' | 'accounting'
>

export interface AttemptSummary extends Pick<
  AttemptRow,
  | 'batchN'
  | 'state'
  | 'reason'
  | 'ending'
  | 'waitsFor'
  | 'waitingSince'
  | 'waitTries'
  | 'waitWords'
  | 'nextAt'
  | 'leaseUntil'
  | 'createdAt'
  | 'triedAt'
  | 'providerBatchId'
  | 'remoteTotal'
  | 'remoteCompleted'
  | 'remoteFailed'
  | 'expiresAt'
  | 'reservedMicroUsd'
  | 'possiblyPaidMicroUsd'
> {
  /** What a second batch of its file has cost; null: there is none. */
  readonly duplicateMicroUsd: number | null
}

export type BatchCounters = Pick<BatchRow, 'runId' | 'n' | 'round' | 'records' | 'counts' | 'usage'>

export type AttemptReservation = Pick<AttemptRow, 'id' | 'runId' | 'batchN' | 'state' | 'reservedMicroUsd'>

export interface BatchStates extends Pick<AttemptRow, 'runId' | 'state' | 'ending' | 'waitsFor'> {
  readonly count: number
  /** Since when the first of them waits; null: they do not. */
  readonly waitingSince: number | null
}
