import type { Outcome } from '../../domain/outcome.ts'
import type { VerdictName } from '../../domain/verdict.ts'
import type { RequestRow } from '../state.ts'
import type { Merged } from './merging.ts'

/** What people thought of an answer, and what it is to be taken for since then. */
export interface VerdictRow {
  readonly runId: string
  readonly seq: number
  readonly key: string
  /** Null: it was taken back, and only what it has written is left. */
  readonly verdict: VerdictName | null
  readonly reason: string | null
  /** Who said it. */
  readonly by: string
  readonly at: number
  /** The attempt that brought the answer: a record that is asked again has another one, which nobody has judged. */
  readonly attemptId: number | null
  /** What the record was, and why, before anybody judged it. */
  readonly was: Outcome
  readonly wasReason: string | null
  /** 1: the answer counts as accepted, whatever the job's `check` and the minimum of its `score` say. */
  readonly overruled: number
  /** The output that takes the place of the answer's, as JSON; null: the answer's own. */
  readonly patch: string | null
}

/** A verdict with what it makes of its record. */
export interface GivenVerdict {
  readonly job: string
  readonly runId: string
  readonly seq: number
  /** What the record must still be; else nothing is written. */
  readonly from: Outcome
  /** Takes the place of an earlier one; null: there is none any more. */
  readonly verdict: VerdictRow | null
  /** What becomes of the record and of its batch's counters; null: both stay as they are. */
  readonly merged: Merged | null
  /** True: the record does not count as done any more. */
  readonly forget: boolean
  /** The record whose parts are to be joined once more, as one of them has another output; null: none. */
  readonly rejoin: string | null
}

/** What people say about answers. */
export interface ReviewStore {
  /** Verdicts on these requests, of their answers of now or of earlier ones. */
  verdicts(runId: string, seqs: readonly number[]): Promise<readonly VerdictRow[]>
  /** How often each verdict was given on answers that still stand, by what their records were before. */
  verdictCounts(
    runId: string,
  ): Promise<readonly { readonly verdict: VerdictName; readonly was: Outcome; readonly count: number }[]>
  /** One transaction; false: the record has become something else meanwhile, and nothing was written. */
  giveVerdict(given: GivenVerdict): Promise<boolean>
  /** Requests that ended so: those with the lowest score first, then in the order of the source. */
  requestsByScore(runId: string, outcomes: readonly Outcome[], limit: number): Promise<readonly RequestRow[]>
  /** The requests in these places of a run. */
  requestsAt(runId: string, seqs: readonly number[]): Promise<readonly RequestRow[]>
  /** The run whose answer to a record counts as done (empty: none, it was given outside of one), and since when. */
  doneIn(job: string, key: string): Promise<{ readonly runId: string; readonly at: number } | null>
}
