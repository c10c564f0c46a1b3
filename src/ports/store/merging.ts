import type { OutcomeCounts } from '../../domain/outcome.ts'
import type { Sums } from '../../domain/sums.ts'
import type { RequestRow } from '../state.ts'
import type { Claim } from './work-items.ts'

/** What became of requests. */
export interface MergeStore {
  /** Requests of a batch in the order of their `seq`, a page of them; also those without a line of its file. */
  batchRequests(
    runId: string,
    n: number,
    page: { readonly afterSeq: number; readonly limit: number },
  ): Promise<readonly BatchRequest[]>
  /** Records that wait for the answers to these requests. */
  waitingFolds(runId: string, seqs: readonly number[]): Promise<readonly BatchRequest[]>
  /** Records folded into a request that had its answer before they came. */
  unansweredFolds(runId: string, limit: number): Promise<readonly RequestRow[]>
  /**
   * One transaction: what became of these requests, the batch's counters, and how far its answers are read. Returns
   * what the batch's counters are now.
   */
  commitMerged(merged: Merged): Promise<BatchSums>
}

/** The counters of a batch: what its lines were, and what they have cost. */
export interface BatchSums {
  readonly accounting: Sums
  readonly usage: Sums
}

/** What merging needs to know of a request. */
export type BatchRequest = Pick<
  RequestRow,
  | 'seq'
  | 'key'
  | 'rowHash'
  | 'line'
  | 'fileTag'
  | 'fileOffset'
  | 'fileLength'
  | 'rowOffset'
  | 'rowLength'
  | 'outcome'
  | 'attemptId'
  | 'foldedInto'
  | 'partOf'
  | 'partIndex'
  | 'parts'
>

export type MergedRequest = Pick<
  RequestRow,
  | 'seq'
  | 'outcome'
  | 'reason'
  | 'answerFile'
  | 'answerOffset'
  | 'answerLength'
  | 'inputTokens'
  | 'outputTokens'
  | 'costPicoUsd'
  | 'scorePermille'
>

export interface Merged {
  readonly runId: string
  readonly batchN: number
  readonly job: string
  readonly now: number
  /** Accepted ones count as done: they are not sent again while their fingerprints stay. */
  readonly requests: readonly MergedRequest[]
  /** The `seq` of those that the rules do not send again, whatever their outcome; a person may. */
  readonly final?: readonly number[]
  /** The `seq` of those whose try counts for nothing, as if it had not been made. */
  readonly untried?: readonly number[]
  /** What this chunk adds to the counters of its batch. */
  readonly counts: OutcomeCounts
  readonly usage: Sums
  readonly accounting: Sums
  /** Null when nothing more of an answer file has been read. */
  readonly claim: Claim | null
  readonly mergedBytes: number | null
}
