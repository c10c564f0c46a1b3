import type { AttemptRow, PastTryRow } from '../state.ts'
import type { RetryRule } from './requests.ts'
import type { Claim } from './work-items.ts'

/** One of the past tries of a request. */
export interface ChosenTry {
  readonly seq: number
  readonly n: number
}

/** Which of the tries of a request stands: its outcome is that of the request, and its answer is judged and written. */
export interface TryStore {
  /** The tries of a request that do not stand for it, oldest first. */
  pastTries(runId: string, seq: number): Promise<readonly PastTryRow[]>
  /** The same of several requests, by their `seq`. */
  pastTriesOf(runId: string, seqs: readonly number[]): Promise<ReadonlyMap<number, readonly PastTryRow[]>>
  /** The lines of its file that an attempt has answered, of requests for which another try stands by now. */
  answeredLines(attempt: Pick<AttemptRow, 'runId' | 'batchN' | 'id'>): Promise<ReadonlySet<number>>
  /** What the tries of requests that do not stand have cost, in pico-dollars, by `seq`; absent: nothing. */
  pastCosts(runId: string, seqs: readonly number[]): Promise<ReadonlyMap<number, number>>
  /** Lets past tries stand for their requests, in one transaction; what stood is remembered. */
  letTriesStand(runId: string, chosen: readonly ChosenTry[]): Promise<void>
  /** At the end of a run, when nothing follows: for each request the try stands that brought most. May be repeated. */
  settleTries(claim: Claim): Promise<void>
  /**
   * Takes a file of retries that was not sent out of the queue again, in one transaction: its requests are what they were
   * before, and still to be sent. Returns how many.
   */
  takeBackRetry(claim: Claim, now: number): Promise<number>
  /**
   * Has a run send nothing again of what it would put into its next files of retries, chosen by hand or by the rules, in
   * one transaction: its outcomes stay what they are. Returns how many records. May be repeated.
   */
  dropRetries(claim: Claim, rule: RetryRule): Promise<number>
}
