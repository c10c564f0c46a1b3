import type { DeliveryMode } from '../../domain/delivery-mode.ts'
import type { Outcome } from '../../domain/outcome.ts'
import type { RequestFilter } from '../filters.ts'
import type { AttemptRow, BatchRow, PastTryRow, RequestRow, RunRow } from '../state.ts'
import type { Claim, NewRun } from './runs.ts'

/** Requests: how they are built into files, found, and sent again. */
export interface RequestStore extends BuildStore, TrialStore, RequestQueryStore, TryStore {}

/** Queries about requests. A run may have millions: nothing here takes longer the larger it is, unless it says so. */
export interface RequestQueryStore {
  request(runId: string, key: string): Promise<RequestRow | null>
  requests(runId: string, filter: RequestFilter): Promise<readonly RequestRow[]>
  /**
   * A page of requests that is found by visiting `visit` of them at most: fewer than `limit` may match there. In the
   * order of their `seq`, or of their keys where the filter has a `keyPrefix`.
   */
  requestPage(runId: string, filter: PageFilter, page: PageRequest): Promise<RequestPage>
  /** How many match; null when more than `visit` requests would have to be looked at. */
  countRequests(runId: string, filter: PageFilter, visit: number): Promise<number | null>
  /** The requests before and after this one in the order of their `seq`. */
  neighbours(
    runId: string,
    seq: number,
  ): Promise<{ readonly previous: string | null; readonly next: string | null }>
  /** What is neither merged nor pending, by outcome and reason. */
  requestGroups(runId: string): Promise<readonly RequestGroup[]>
  /** How many records of these batches the rules send again, by batch; takes the longer the more went wrong in them. */
  retryingIn(runId: string, batches: readonly number[], rule: RetryRule): Promise<ReadonlyMap<number, number>>
  /** The same of the whole run, by outcome and reason. */
  retryingGroups(
    runId: string,
    rule: RetryRule,
  ): Promise<readonly Pick<RequestGroup, 'outcome' | 'reason' | 'count'>[]>
  /**
   * One transaction: some of the records of an ended run that have no good answer there, and have one in a run that was
   * begun later, are `rescued` by it. Returns how many; fewer than `limit`: there are no more. With `by`, those that this
   * run has answered, whenever it was begun and while the other lives; what is to be sent again is left alone.
   */
  markRescued(runId: string, outcomes: readonly Outcome[], limit: number, by?: string | null): Promise<number>
  markAgain(runId: string, filter: RequestFilter, deliveryMode: DeliveryMode | null): Promise<number>
}

/** By which rules requests of a run are sent again by themselves. */
export interface RetryRule {
  readonly maxTries: number
  /** `others`: not those that the provider left unanswered. */
  readonly ruled: 'all' | 'others'
  /** Only requests that somebody has chosen before. */
  readonly onlyChosen: boolean
}

export type PageFilter = Omit<RequestFilter, 'keys' | 'afterSeq' | 'limit'>

export interface PageRequest {
  /** The `seq` of the request after which the page begins; null: at the first. */
  readonly after: number | null
  readonly limit: number
  readonly visit: number
}

export interface RequestPage {
  readonly rows: readonly RequestRow[]
  /** The `seq` of the request after which the next page begins; null: there is none. */
  readonly next: number | null
}

/** Requests with the same outcome and the same reason. */
export interface RequestGroup {
  readonly outcome: Outcome
  readonly reason: string | null
  readonly count: number
  /** The keys of the first few. */
  readonly examples: readonly string[]
}

/** Turning rows into files of requests. */
export interface BuildStore {
  /** What is known of records that are about to become requests, done by whoever answers this run; `job` is null where it does not matter what was done. */
  recall(
    runId: string,
    job: string | null,
    records: readonly { readonly key: string; readonly fingerprint: string }[],
  ): Promise<Recalled>
  /** The runs of a job in which requests that were sent have ended so, newest first, and how many. */
  runsThatEnded(
    job: string,
    outcomes: readonly Outcome[],
    isSimulated: boolean,
  ): Promise<readonly { readonly run: string; readonly requests: number }[]>
  /** Requests for these keys that some of these runs have sent and that have ended so, in the order of the runs. */
  endedIn(
    runIds: readonly string[],
    keys: readonly string[],
    outcomes: readonly Outcome[],
  ): Promise<readonly EndedRequest[]>
  /** One transaction: the built file with its requests and first attempt (or only unsent records), and how far the source is read. */
  commitBuilt(claim: Claim, built: Built): Promise<void>
  /** One transaction: requests that are sent again, in a new file. */
  commitRetry(claim: Claim, retry: BuiltRetry): Promise<void>
  /** Requests that want another try, oldest first. */
  requestsToRetry(runId: string, wanted: RetryRequest): Promise<readonly RequestRow[]>
  countWaitingFiles(runId: string): Promise<number>
}

/** By key or fingerprint; what is not in here is new. */
export interface Recalled {
  /** Keys that the run has. */
  readonly known: ReadonlySet<string>
  /** The fingerprints of keys that the job has done before. */
  readonly done: ReadonlyMap<string, string>
  /** Requests of the run that are sent, by fingerprint. */
  readonly same: ReadonlyMap<string, SameRequest>
}

/** A request that an earlier run has sent, and how it ended. */
export type EndedRequest = Pick<RequestRow, 'key' | 'fingerprint' | 'runId' | 'outcome'>

export interface SameRequest {
  readonly seq: number
  readonly batchN: number | null
}

export type NewRequest = Pick<
  RequestRow,
  | 'seq'
  | 'batchN'
  | 'key'
  | 'fingerprint'
  | 'rowHash'
  | 'line'
  | 'fileOffset'
  | 'fileLength'
  | 'rowOffset'
  | 'rowLength'
  | 'outcome'
  | 'reason'
  | 'deduplicatedInto'
  | 'partOf'
  | 'partIndex'
  | 'parts'
>

export type NewBatchRow = Pick<
  BatchRow,
  'n' | 'round' | 'deliveryMode' | 'tag' | 'bytes' | 'requests' | 'snapshot' | 'maxTokens' | 'maxCostMicroUsd'
>

export interface Built {
  readonly batch: NewBatchRow | null
  readonly requests: readonly NewRequest[]
  /** Records that stay done, and what they are known by from now on. */
  readonly kept: readonly { readonly key: string; readonly fingerprint: string }[]
  /** The name of the files that hold these requests and their rows. */
  readonly tag: string
  readonly nonce: string
  readonly now: number
  /** Absolute columns of the run after this file. */
  readonly run: Pick<
    RunRow,
    | 'sourceCursor'
    | 'sourceDone'
    | 'sourceMark'
    | 'nextSeq'
    | 'nextBatch'
    | 'selected'
    | 'unchanged'
    | 'folded'
    | 'unsent'
  >
}

export interface BuiltRetry {
  readonly batch: NewBatchRow
  readonly requests: readonly Pick<
    RequestRow,
    'seq' | 'line' | 'fileOffset' | 'fileLength' | 'rowOffset' | 'rowLength'
  >[]
  /** How many of them go on from an invalid answer; none when left out. */
  readonly repairs?: number
  readonly nonce: string
  readonly now: number
  readonly nextBatch: number
  readonly round: number
  readonly fallbackRows: number
}

/** Which requests a new file is for. */
export interface RetryRequest {
  readonly maxTries: number
  readonly limit: number
  /** Those that somebody wants in this delivery mode (null: without a choice); leaves out what only the rules want. */
  readonly chosen?: DeliveryMode | null
  /** Those that the rules send again; `blameless`: only where the provider left them unanswered, `others`: all but these. */
  readonly ruled?: 'all' | 'infrastructureFailures' | 'others'
  /** Of what the rules want, only requests that somebody has chosen before. */
  readonly onlyChosen: boolean
}

/** Records that are asked in real time to see what comes back: runs beside the live run of a job. */
export interface TrialStore {
  /** One transaction: a run that is none of its job's in any list, one file, and an attempt at it that nobody else takes up. Returns the attempt's id. */
  startTrial(trial: Trial): Promise<number>
}

export interface Trial {
  readonly run: Omit<NewRun, 'hold' | 'maySend' | 'plan'>
  readonly batch: NewBatchRow
  readonly nonce: string
  /** When the attempt is ended by somebody else, should this process die. */
  readonly nextAt: number
}

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
