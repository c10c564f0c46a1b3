import type { AttemptState } from '../../domain/attempt.ts'
import type { AttemptRow, BudgetRow, LedgerRow, QuotaRow } from '../state.ts'
import type { Claim } from './runs.ts'

/** Money and tokens: what is reserved, booked and free, in budgets and quotas. */
export interface LedgerStore {
  /** Reserves money and tokens and moves to `reserved`, or tells what is short. */
  reserve(claim: Claim, wanted: Reservation): Promise<'reserved' | Shortage>
  /** The provider's part is over: the tokens are free again. */
  freeTokens(claim: Claim): Promise<void>
  /** One transaction: settles the ledger and ends the attempt. */
  settle(
    claim: Claim,
    settled: {
      readonly amountMicroUsd: number
      readonly now: number
      readonly note: string | null
      readonly to: AttemptState
      /** Part of the amount: what requests can have cost whose answers are not at hand. */
      readonly possiblyPaidMicroUsd: number
      /** What each answer without usage is taken to have cost, where the batch's own sum says so; null: as booked. */
      readonly estimatePicoUsd: number | null
      /** So much less than was booked is taken for answers that are not used; left out: nothing. */
      readonly unbookedPicoUsd?: number
    },
  ): Promise<void>
  /** Books what a batch has cost that is paid beside the one that counts, once for each attempt; false: it was before. */
  recordDuplicate(
    attemptId: number,
    runId: string,
    job: string,
    amountMicroUsd: number,
    now: number,
    note: string,
  ): Promise<boolean>
  /** The entries, oldest first. */
  ledger(filter: {
    readonly runId?: string
    readonly jobs?: readonly string[]
    readonly since?: number
    /** Only of what an emulator has answered, or only of the rest. */
    readonly simulated?: boolean
  }): Promise<readonly LedgerRow[]>
  /** Sets the cap of a budget, which is made where it is not there; null: none. */
  setBudget(key: string, capMicroUsd: number | null): Promise<void>
  budget(key: string): Promise<BudgetRow | null>
  /** What the attempts of these runs hold. */
  holdings(runIds: readonly string[]): Promise<readonly AttemptReservation[]>
  budgets(keys: readonly string[]): Promise<readonly BudgetRow[]>
  /** How many batches are at work with an account, or were let in to be. */
  batchesAtWork(account: string): Promise<number>
  quota(key: string): Promise<QuotaRow | null>
  quotas(): Promise<readonly QuotaRow[]>
  /** Changes what is known of the limit of a quota, which is made where it is not there. */
  setQuota(
    key: string,
    changes: { readonly limitTokens?: number | null; readonly notBefore?: number },
  ): Promise<void>
}

export interface Reservation {
  /** The budgets it must fit into, with the caps of those that do not exist yet. */
  readonly budgets: readonly { readonly key: string; readonly capMicroUsd: number | null }[]
  readonly amountMicroUsd: number
  readonly quotaKey: string
  readonly tokens: number
  /** The account that the batch is given to; null: what is reserved is no batch. */
  readonly account: string | null
  /** Batches that may be at work with this account at the same time, this one included; null: no bound. */
  readonly maxBatches: number | null
  readonly job: string
  readonly now: number
  readonly filename: string
}

export interface Shortage {
  /** `consent`: the run may send nothing, however much there is. */
  readonly short: 'money' | 'tokens' | 'batches' | 'consent'
  readonly key: string
  readonly limit: number
  readonly used: number
}

export type AttemptReservation = Pick<AttemptRow, 'id' | 'runId' | 'batchN' | 'state' | 'reservedMicroUsd'>
