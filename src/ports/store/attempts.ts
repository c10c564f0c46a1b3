import type { AttemptState } from '../../domain/attempt.ts'
import type { Outcome } from '../../domain/outcome.ts'
import type { Wait, WaitKind } from '../../domain/wait.ts'
import type { AttemptRow, BatchRow } from '../state.ts'
import type { Happened } from './runs.ts'
import type { Claim } from './work-items.ts'

/** Attempts: their states, and the money and tokens that they hold. */
export interface AttemptStore {
  attempt(id: number): Promise<AttemptRow | null>
  /** The attempts of a run, oldest first; only those in some states where these are named. */
  attempts(runId: string, states?: readonly AttemptState[]): Promise<readonly AttemptRow[]>
  /** Batches of an account that are known to exist, newest first, of attempts tried since a time. */
  knownBatches(account: string, sinceMs: number, limit: number): Promise<readonly KnownBatch[]>
  /** How many attempts of a run wait for each reason. */
  waitingAttempts(runId: string): Promise<Readonly<Partial<Record<WaitKind, number>>>>
  /** The attempt whose batch has this id at the provider. */
  attemptOf(providerBatchId: string): Promise<AttemptRow | null>
  batch(runId: string, n: number): Promise<BatchRow | null>
  batches(runId: string): Promise<readonly BatchRow[]>
  /** Moves an attempt along its transition table, with further columns. */
  move(claim: Claim, to: AttemptState, changes: Partial<AttemptRow>): Promise<void>
  saveAttempt(claim: Claim, changes: Partial<AttemptRow>, happened?: Happened): Promise<void>
  /** A person accepts what is there of attempts that wait for these reasons, and that replaced ones stay unseen. Returns how many. */
  acceptWaiting(runId: string, reasons: readonly WaitKind[], now: number): Promise<number>
  /** Has waits begin anew, so that their bounds are counted from now on. */
  restartWaits(runId: string): Promise<void>
  tighten(
    claim: Claim,
    batch: Pick<BatchRow, 'runId' | 'n'>,
    maxTokens: number,
    maxCostMicroUsd: number,
  ): Promise<void>
  /** Reserves money and tokens and moves to `reserved`, or tells what is short. */
  reserve(claim: Claim, wanted: Reservation): Promise<'reserved' | Shortage>
  /** Records the fact that a batch exists for this nonce, whoever holds the lease; false when the attempt has gone on without it. */
  recordCreated(attemptId: number, nonce: string, fact: CreatedFact): Promise<boolean>
  /** Ends an attempt unpaid: voids its reservation, and lets another attempt of the same file wait when asked. */
  voidAttempt(
    claim: Claim,
    end: {
      readonly reason: string
      readonly now: number
      readonly again: { readonly nonce: string; readonly nextAt: number; readonly wait?: Wait } | null
      readonly outcome: { readonly outcome: Outcome; readonly reason: string } | null
    },
  ): Promise<void>
  /** Another attempt takes over the file of one in doubt, whose reservation stays held. */
  replaceAttempt(claim: Claim, next: { readonly nonce: string; readonly now: number }): Promise<void>
  /**
   * Has the answers of an ended batch looked for again: what the last files said is forgotten, except for the requests
   * that were answered.
   */
  lookForAnswers(claim: Claim, again: AnswersAgain): Promise<void>
  /** Opens attempts that are over, so that their lost requests wait for their answers again. Returns how many do. */
  reopenLost(runId: string, attemptIds: readonly number[], now: number): Promise<number>
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
  /** Nothing of this attempt is left at the provider. */
  markCleaned(attemptId: number): Promise<void>
  /** The user's own tables show this phase of an attempt. */
  markTracked(attemptId: number, phase: string): Promise<void>
  /** Counts what a second batch of an attempt's file has cost, once; false: it was counted before. */
  recordDuplicate(
    attemptId: number,
    runId: string,
    job: string,
    amountMicroUsd: number,
    now: number,
    note: string,
  ): Promise<boolean>
}

export interface Reservation {
  /** The budgets it must fit into, with the caps of those that do not exist yet. */
  readonly budgets: readonly { readonly key: string; readonly capMicroUsd: number | null }[]
  readonly amountMicroUsd: number
  readonly quotaKey: string
  readonly tokens: number
  readonly job: string
  readonly now: number
  readonly filename: string
}

export interface AnswersAgain {
  /** How many downloads are kept beside the next one. */
  readonly fetches: number
  readonly wait: Wait
  readonly happened: Happened | null
}

export interface KnownBatch {
  readonly providerBatchId: string
  readonly triedAt: number
}

export interface CreatedFact {
  readonly providerBatchId: string
  readonly account: string
  readonly expiresAt: number | null
  /** When the attempt is to be looked at, whose holder loses it; null: it is the holder who records this, and goes on. */
  readonly nextAt: number | null
  /** The claim under which the holder has made it: where others have taken the attempt over since, they lose it. */
  readonly epoch?: number
}

export interface Shortage {
  /** `consent`: the run may send nothing, however much there is. */
  readonly short: 'money' | 'tokens' | 'consent'
  readonly key: string
  readonly limit: number
  readonly used: number
}

/** By what an attempt is known at the provider. */
export type AttemptMark = 'providerBatchId' | 'nonce' | 'fileId' | 'filename'
