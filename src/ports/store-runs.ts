import type { RunFilter } from './filters.ts'
import type { BudgetRow, RunRow } from './state.ts'
import type { Claim } from './store-units.ts'

/** Runs and their budgets. */
export interface RunStore {
  /** Makes the run, or returns the live run of the same job. */
  startRun(run: NewRun): Promise<{ readonly run: RunRow; readonly attached: boolean }>
  run(id: string): Promise<RunRow | null>
  runs(filter: RunFilter): Promise<readonly RunRow[]>
  /** Outside a claim: pause, resume, cancel and retry are wishes that the holder obeys. */
  changeRun(id: string, from: readonly RunRow['state'][], changes: Partial<RunRow>): Promise<boolean>
  saveRun(claim: Claim, changes: Partial<RunRow>): Promise<void>
  setBudget(key: string, capMicroUsd: number | null): Promise<void>
  budget(key: string): Promise<BudgetRow | null>
}

export interface NewRun {
  readonly id: string
  readonly job: string
  readonly spec: string
  readonly plan: string | null
  readonly hold: boolean
  readonly now: number
  readonly budgets: readonly { readonly key: string; readonly capMicroUsd: number | null }[]
}
