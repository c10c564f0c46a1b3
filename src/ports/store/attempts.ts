import type { AttemptState } from '../../domain/attempt.ts'
import type { Intent, IntentStatus } from '../../domain/intent.ts'
import type { Outcome } from '../../domain/outcome.ts'
import type { Wait, WaitKind } from '../../domain/wait.ts'
import type { AttemptRow, BatchRow, RunRow } from '../state.ts'
import type { Reservation } from './ledger.ts'
import type { Claim, Happened } from './runs.ts'

/** Batches and the attempts at them: their states, and what they are known by at the provider. */
export interface AttemptStore extends IntentStore {
  attempt(id: number): Promise<AttemptRow | null>
  /** The attempts of a run, oldest first; only those in some states where these are named. */
  attempts(runId: string, states?: readonly AttemptState[]): Promise<readonly AttemptRow[]>
  /**
   * Batches of an account that are known to exist, newest first, of attempts tried since a time; `live`: only those whose
   * answers are not merged yet, since the others may be discarded.
   */
  knownBatches(
    account: string,
    sinceMs: number,
    limit: number,
    which: 'live' | 'all',
  ): Promise<readonly KnownBatch[]>
  /** How many attempts of a run wait for each reason. */
  waitingAttempts(runId: string): Promise<Readonly<Partial<Record<WaitKind, number>>>>
  /** Whether a file of a job was ever about to be sent with an account. */
  hasSent(job: string, account: string): Promise<boolean>
  /** The attempt whose batch has this id at the provider. */
  attemptOf(providerBatchId: string): Promise<AttemptRow | null>
  /** Attempts of all runs that have one of these values there. */
  attemptsWith(column: AttemptMark, values: readonly string[]): Promise<readonly AttemptRow[]>
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
  /** Nothing of this attempt is left at the provider. */
  markCleaned(attemptId: number): Promise<void>
  /** The user's own tables show this phase of an attempt. */
  markTracked(attemptId: number, phase: string): Promise<void>
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

/** By what an attempt is known at the provider. */
export type AttemptMark = 'providerBatchId' | 'nonce' | 'staged' | 'filename'

/** Intents: tries to send a file that are noted next to the state, and those of them that the state did not know. */
export interface IntentStore {
  /** How many intents the state has counted. */
  intentCount(): Promise<number>
  /** Counts one more; its number. */
  nextIntent(): Promise<number>
  /**
   * Takes note of intents that the state does not know, and counts up to the largest of their numbers. One whose job was
   * not known is replaced by what says more of it, and one that was read from a list by its note. Returns how many are
   * new.
   */
  keepIntents(intents: readonly Intent[]): Promise<number>
  /** Unknown intents that nothing has come of yet, oldest first: those that may be of a job, or of any (null). */
  unknownIntents(job: string | null): Promise<readonly UnknownIntent[]>
  /** What became of an unknown intent; null: the state has taken note of none with this nonce. */
  intentStatus(nonce: string): Promise<IntentStatus | null>
  /**
   * Whether a nonce was first seen in a provider's list, and no note of it lies beside this state: another copy of the
   * project may be the one that has made its batch, and still need it.
   */
  isOfAnotherCopy(nonce: string): Promise<boolean>
  /** Notes in a run, once, that it meets intents of a state that is gone. */
  tellEarlier(runId: string, at: number, data: Readonly<Record<string, unknown>>): Promise<void>
  /**
   * The time, in milliseconds since the epoch, behind which everything lies that a state which is gone can have sent
   * and this one cannot know: of the last batch of an account that it knows outside of a run, else of its own
   * beginning; null where that tells nothing, because it is new beside files.
   */
  knownUntil(run: Pick<RunRow, 'id' | 'createdAt'>, account: string): Promise<number | null>
  /**
   * Gives an unknown intent to the claimed attempt, which goes on as the one that had it: with its nonce, upload and
   * ids. Others of the same content become its twins. What it can cost is reserved: `short` while a budget has no room
   * that others may give back; where nothing is left to come back it is reserved all the same, because it may be spent
   * already. `gone`: somebody else has taken it.
   */
  takeIntent(claim: Claim, taken: TakenIntent): Promise<'taken' | 'short' | 'gone'>
  closeIntents(nonces: readonly string[]): Promise<void>
  /** Waits no longer for twins of what attempts of a run have taken: it is at its end. */
  closeTwins(runId: string): Promise<void>
}

export interface UnknownIntent extends Intent {
  readonly status: Extract<IntentStatus, 'open' | 'twin'>
  /** The attempt that took its twin. */
  readonly takenBy: number | null
}

export interface TakenIntent {
  readonly intent: Intent
  readonly to: Extract<AttemptState, 'in_doubt' | 'reserved'>
  readonly reservation: Omit<Reservation, 'filename' | 'now' | 'account' | 'maxBatches'>
  /** Why it is not known what came of it; null: its own notes tell. */
  readonly reason: string | null
  readonly now: number
}

/** A row of the table: the intent is JSON. */
export interface IntentRow {
  readonly nonce: string
  readonly job: string
  readonly number: number
  readonly inputHash: string
  readonly status: IntentStatus
  readonly takenBy: number | null
  readonly intent: string
}
