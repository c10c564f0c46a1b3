import type { RunFilter } from '../filters.ts'
import type { BudgetRow, EventRow, RunRow } from '../state.ts'
import type { Claim } from './work-items.ts'

/** Runs and their budgets. */
export interface RunStore {
  /** Makes the run, or returns the live run of the same job. */
  startRun(run: NewRun): Promise<{ readonly run: RunRow; readonly attached: boolean }>
  run(id: string): Promise<RunRow | null>
  runs(filter: RunFilter): Promise<readonly RunRow[]>
  /** Outside a claim: pause, resume, cancel and retry are wishes that the holder obeys. */
  changeRun(
    id: string,
    from: readonly RunRow['state'][],
    changes: Partial<RunRow>,
    happened?: Happened,
  ): Promise<boolean>
  saveRun(claim: Claim, changes: Partial<RunRow>, happened?: Happened): Promise<void>
  /**
   * Notes whether an emulator answers a run. Where one does, what its attempts have reserved or spent stays in the run's own budget and in
   * those that it shares, and leaves all others.
   */
  markSimulated(runId: string, isSimulated: boolean, budgets: readonly string[]): Promise<void>
  /** Whether an emulator has answered the newest run of an account; false: there is none. */
  wasSimulated(account: string): Promise<boolean>
  setBudget(key: string, capMicroUsd: number | null): Promise<void>
  budget(key: string): Promise<BudgetRow | null>
}

/** What a change means to people: noted with it or not at all. */
export type Happened = Pick<EventRow, 'at' | 'kind'> & { readonly data: Readonly<Record<string, unknown>> }

export interface NewRun {
  readonly id: string
  readonly job: string
  readonly spec: string
  readonly plan: string | null
  readonly provider: string
  readonly account: string
  readonly isSimulated: boolean
  readonly hold: boolean
  readonly maySend: RunRow['maySend']
  readonly now: number
  readonly budgets: readonly { readonly key: string; readonly capMicroUsd: number | null }[]
}
