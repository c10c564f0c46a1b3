import type { AttemptRow, BatchRow, BudgetRow } from './state.ts'

/** Where several runs stand, each asked in one statement for all of them. */
export interface StandingStore {
  batchCounters(runIds: readonly string[]): Promise<readonly BatchCounters[]>
  /** How many batches are in each state, by the last attempt of each. */
  batchStates(runIds: readonly string[]): Promise<readonly BatchStates[]>
  holdings(runIds: readonly string[]): Promise<readonly AttemptHolding[]>
  budgets(keys: readonly string[]): Promise<readonly BudgetRow[]>
}

export type BatchCounters = Pick<BatchRow, 'runId' | 'n' | 'records' | 'counts' | 'usage'>

export type AttemptHolding = Pick<AttemptRow, 'id' | 'runId' | 'batchN' | 'state' | 'reservedMicroUsd'>

export interface BatchStates extends Pick<AttemptRow, 'runId' | 'state' | 'reason'> {
  readonly count: number
}
