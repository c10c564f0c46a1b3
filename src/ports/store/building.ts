import type { Lane } from '../../domain/lane.ts'
import type { Outcome } from '../../domain/outcome.ts'
import type { BatchRow, RequestRow, RunRow } from '../state.ts'
import type { Claim } from './work-items.ts'

/** Turning rows into files of requests. */
export interface BuildStore {
  /** What is known of records that are about to become requests, done by whoever answers this run; `job` is null where it does not matter what was done. */
  recall(
    runId: string,
    job: string | null,
    records: readonly { readonly key: string; readonly fingerprint: string }[],
  ): Promise<Recalled>
  /** What was done of these keys by the emulator or by providers (the one does not count for the other), with the run that did it; no run: it was answered outside of any. */
  doneBefore(
    job: string,
    keys: readonly string[],
    isSimulated: boolean,
  ): Promise<ReadonlyMap<string, DoneRecord>>
  /** Takes as not done what the job of a run has done of these records behind so many parts, as their text is shorter now. */
  forgetParts(runId: string, ends: readonly { readonly of: string; readonly count: number }[]): Promise<void>
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

export interface DoneRecord {
  readonly fingerprint: string
  readonly runId: string
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
  | 'foldedInto'
  | 'partOf'
  | 'partIndex'
  | 'parts'
>

export type NewBatchRow = Pick<
  BatchRow,
  'n' | 'round' | 'lane' | 'tag' | 'bytes' | 'requests' | 'mark' | 'maxTokens' | 'maxCostMicroUsd'
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
  /** Those that somebody wants in this lane (null: without a choice); leaves out what only the rules want. */
  readonly chosen?: Lane | null
  /** Those that the rules send again; `blameless`: only where the provider left them unanswered, `others`: all but these. */
  readonly ruled?: 'all' | 'blameless' | 'others'
  /** Of what the rules want, only requests that somebody has chosen before. */
  readonly onlyChosen: boolean
}
