import type { AttemptState } from '../../domain/attempt.ts'
import type { Intent, IntentStatus } from '../../domain/intent.ts'
import type { Reservation } from './attempts.ts'
import type { RunRow } from '../state.ts'
import type { Claim } from './work-items.ts'

/** Tries to send a file that lie beside the state, and those of them that it did not know. */
export interface IntentStore {
  /** How many intents the state has counted. */
  intentCount(): Promise<number>
  /** Counts one more; its number. */
  nextIntent(): Promise<number>
  /**
   * Takes note of intents that the state does not know, and counts up to the largest of their numbers. One whose job was
   * not known is replaced by what says more of it. Returns how many are new.
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
  readonly fate: Extract<IntentStatus, 'open' | 'twin'>
  /** The attempt that took its twin. */
  readonly takenBy: number | null
}

export interface TakenIntent {
  readonly intent: Intent
  readonly to: Extract<AttemptState, 'in_doubt' | 'reserved'>
  readonly reservation: Omit<Reservation, 'filename' | 'now'>
  readonly now: number
}

/** A row of the table: the intent is JSON. */
export interface IntentRow {
  readonly nonce: string
  readonly job: string
  readonly number: number
  readonly inputHash: string
  readonly fate: IntentStatus
  readonly takenBy: number | null
  readonly intent: string
}
