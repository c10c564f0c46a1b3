import type { Outcome, OutcomeCounts } from '../../domain/outcome.ts'
import type { Preference, PreferenceCounts } from '../../domain/preference.ts'
import type { Sums } from '../../domain/sums.ts'
import type { VerdictName } from '../../domain/verdict.ts'
import type { RequestRow } from '../state.ts'
import type { Claim } from './runs.ts'

/** Answers: what became of requests, which records are done by them, and what people say of them. */
export interface AnswerStore
  extends MergeStore, JoinStore, DoneStore, RowStore, ReviewStore, PreferenceStore {}

/** Outcomes of requests, and the merge of their answers. */
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

/** Fields of a request that merging needs. */
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
  | 'deduplicatedInto'
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

/** Records that are joined from their parts. */
export interface JoinStore {
  /** Those of the keys whose answers wait for other parts of their record: none of its parts was ever joined. */
  waitingParts(job: string, keys: readonly string[]): Promise<ReadonlySet<string>>
  /** Records after this one whose parts, as far as the run has them, are all accepted and not joined yet. */
  joinable(runId: string, afterPartOf: string, limit: number): Promise<readonly PartGroup[]>
  /** Parts of a record that earlier runs of the job have answers to. */
  earlierParts(job: string, runId: string, partOf: string): Promise<readonly RequestRow[]>
  /** One transaction: what became of joined records, and so of their parts. */
  commitJoined(joined: Joined): Promise<void>
  /** Has all records of a run joined once more. */
  joinAgain(runId: string): Promise<void>
}

/** The parts of one record in one run, in their order. */
export interface PartGroup {
  readonly of: string
  /** How many parts the record has in all. */
  readonly parts: number
  readonly requests: readonly RequestRow[]
}

export interface Joined {
  readonly claim: Claim | null
  readonly runId: string
  readonly job: string
  readonly now: number
  readonly records: readonly {
    readonly requests: readonly Pick<RequestRow, 'seq'>[]
    readonly of: string
    readonly outcome: Outcome
    readonly reason: string | null
  }[]
}

/** Knowledge of the state about a record of a job, over all of its runs. */
export interface KnownRecordState {
  /** The newest answer that counts as done: what it was asked with, and what became of it (null: given outside of a run). */
  readonly done: { readonly fingerprint: string; readonly outcome: Outcome | null } | null
  /** What became of it in the newest run that has it; null: none of the last ones has. */
  readonly asked: Outcome | null
}

/** Which records of a job are done, over all of its runs. */
export interface DoneStore {
  /** What is known of these records; those of which nothing is known are absent. Looks back a few runs. */
  recordStates(job: string, keys: readonly string[]): Promise<ReadonlyMap<string, KnownRecordState>>
  /** What was done of these keys by the emulator or by providers (the one does not count for the other), with the run that did it; no run: it was answered outside of any. */
  doneBefore(
    job: string,
    keys: readonly string[],
    isSimulated: boolean,
  ): Promise<ReadonlyMap<string, DoneRecord>>
  /** The run whose answer to a record counts as done (empty: none, it was given outside of one), and since when. */
  doneIn(job: string, key: string): Promise<{ readonly runId: string; readonly at: number } | null>
  /** A record was written outside of any run; it is not sent again while its fingerprint stays. */
  markDone(job: string, key: string, fingerprint: string, now: number): Promise<void>
  /** Of what a run has done, the marks begin with `mark` from now on, in the place of what they began with. */
  remarkDone(job: string, runId: string, mark: string): Promise<void>
  /** Takes as not done what the job of a run has done of these records behind so many parts, as their text is shorter now. */
  forgetParts(runId: string, ends: readonly { readonly of: string; readonly count: number }[]): Promise<void>
}

export interface DoneRecord {
  readonly fingerprint: string
  readonly runId: string
}

/** Which record the row of a sink belongs to, where keys of different texts are one there. */
export interface RowStore {
  /**
   * The record that each of these rows belongs to, by the row's name, where that is known. With `take` a row without
   * one is given to the record that asks, in one transaction; of an own key nothing is kept, but it is found in what the
   * job has asked for and done.
   */
  ownersOfRows(owner: RowOwner, rows: readonly WantedRow[]): Promise<ReadonlyMap<string, string>>
}

export interface RowOwner {
  readonly job: string
  /** What is written, as the sink is described. */
  readonly sink: string
  readonly isSimulated: boolean
  /** Null: outside of any run. */
  readonly runId: string | null
  /** What other runs have written gives way. */
  readonly redo: boolean
  readonly take: boolean
  readonly now: number
}

export interface WantedRow {
  readonly name: string
  /** The name is the key of the record. */
  readonly isOwnKey: boolean
  readonly key: string
}

/** A person's verdict on an answer, and what the answer is taken for since then. */
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

/** Verdicts of people on answers. */
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
}

/** Two sides that are compared: runs, or variants of runs as `run:variant`, in a fixed order. */
export interface Sides {
  readonly a: string
  readonly b: string
}

/** Which answers people found better. */
export interface PreferenceStore {
  /** What was said of these records. */
  preferences(sides: Sides, keys: readonly string[]): Promise<ReadonlyMap<string, Preference>>
  preferenceCounts(sides: Sides): Promise<PreferenceCounts>
  /** Takes the place of what was said before; null takes that back. */
  prefer(sides: Sides, key: string, preference: Preference | null, now: number): Promise<void>
}
