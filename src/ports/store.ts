import type { AttemptState } from '../domain/attempt.ts'
import type { Lane } from '../domain/lane.ts'
import type { Outcome, OutcomeCounts } from '../domain/outcome.ts'
import type { Sums } from '../domain/sums.ts'
import type {
  AttemptRow,
  BatchRow,
  BudgetRow,
  EventRow,
  LedgerRow,
  QuotaRow,
  RequestRow,
  RunRow,
  TryRow,
} from './state.ts'

/**
 * The durable state: one method per transaction. Every write of a unit (a run or an attempt) names the claim under
 * which it is made; when somebody else has claimed the unit since, nothing is written and E_FENCED is thrown.
 * A write whose acknowledgement was lost may be repeated.
 */
export interface Store extends AsyncDisposable {
  readonly kind: 'sqlite' | 'postgres'
  /** The id of this state, made once: it marks our batches and files at the provider. */
  readonly lineage: string
  /** How far the clock of a shared state is ahead of this machine's; leases are measured by that clock. */
  readonly clockOffsetMs: number

  // runs
  /** Makes the run, or returns the live run of the same job. */
  startRun(run: NewRun): Promise<{ readonly run: RunRow; readonly attached: boolean }>
  run(id: string): Promise<RunRow | null>
  runs(filter: RunFilter): Promise<readonly RunRow[]>
  /** Outside a claim: pause, resume, cancel and retry are wishes that the holder obeys. */
  changeRun(id: string, from: readonly RunRow['state'][], changes: Partial<RunRow>): Promise<boolean>
  saveRun(claim: Claim, changes: Partial<RunRow>): Promise<void>
  setBudget(key: string, capMicroUsd: number | null): Promise<void>
  budget(key: string): Promise<BudgetRow | null>

  // units of work
  /** Units that want a look now and that nobody holds, of some runs or (null) of all. */
  due(now: number, limit: number, runIds: readonly string[] | null): Promise<readonly Unit[]>
  /** When the next unit falls due; null when nothing lives. */
  nextDue(runIds: readonly string[] | null): Promise<number | null>
  claim(unit: Unit, by: ClaimBy): Promise<Claim | null>
  /** Extends the lease; false when the claim was lost. */
  renew(claim: Claim, leaseUntil: number): Promise<boolean>
  /** Gives the unit back, to be looked at again at `nextAt`, or sooner when something has woken it meanwhile. */
  release(claim: Claim, nextAt: number | null): Promise<void>

  /** Has everything of a run looked at again at once. */
  wakeAttempts(runId: string, now: number): Promise<void>

  // building
  knownKeys(runId: string, keys: readonly string[]): Promise<ReadonlySet<string>>
  doneFingerprints(job: string, keys: readonly string[]): Promise<ReadonlyMap<string, string>>
  sameRequests(runId: string, fingerprints: readonly string[]): Promise<ReadonlyMap<string, SameRequest>>
  /** One transaction: the built file with its requests and first attempt (or only unsent records), and how far the source is read. */
  commitBuilt(claim: Claim, built: Built): Promise<void>
  /** One transaction: requests that are sent again, in a new file. */
  commitRetry(claim: Claim, retry: BuiltRetry): Promise<void>
  /** Requests that want another try, oldest first. */
  requestsToRetry(runId: string, wanted: RetryWish): Promise<readonly RequestRow[]>
  countWaitingFiles(runId: string): Promise<number>

  // attempts
  attempt(id: number): Promise<AttemptRow | null>
  attempts(runId: string): Promise<readonly AttemptRow[]>
  /** The attempt whose batch has this id at the provider. */
  attemptOf(providerBatchId: string): Promise<AttemptRow | null>
  batch(runId: string, n: number): Promise<BatchRow | null>
  batches(runId: string): Promise<readonly BatchRow[]>
  /** Moves an attempt along its transition table, with further columns. */
  move(claim: Claim, to: AttemptState, changes: Partial<AttemptRow>): Promise<void>
  saveAttempt(claim: Claim, changes: Partial<AttemptRow>): Promise<void>
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
      readonly again: { readonly nonce: string; readonly nextAt: number } | null
      readonly outcome: { readonly outcome: Outcome; readonly reason: string } | null
    },
  ): Promise<void>
  /** Another attempt takes over the file of one in doubt, whose reservation stays held. */
  replaceAttempt(claim: Claim, next: { readonly nonce: string; readonly now: number }): Promise<void>
  /** The provider's part is over: the tokens are free again. */
  freeTokens(claim: Claim): Promise<void>

  // merging
  batchRequests(runId: string, n: number): Promise<readonly BatchRequest[]>
  /** Records folded into a request that had its answer before they came. */
  unansweredFolds(runId: string, limit: number): Promise<readonly RequestRow[]>
  /** One transaction: what became of these requests, the batch's counters, and how far its answers are read. */
  commitMerged(merged: Merged): Promise<void>
  /** One transaction: settles the ledger and ends the attempt. */
  settle(
    claim: Claim,
    settled: {
      readonly amountMicroUsd: number
      readonly now: number
      readonly note: string | null
      readonly to: AttemptState
    },
  ): Promise<void>
  /** Nothing of this attempt is left at the provider. */
  markCleaned(attemptId: number): Promise<void>
  /** The user's own tables show this phase of an attempt. */
  markTracked(attemptId: number, phase: string): Promise<void>
  recordDuplicate(
    attemptId: number,
    runId: string,
    job: string,
    amountMicroUsd: number,
    now: number,
    note: string,
  ): Promise<void>

  // joining
  /** Records after this one whose parts, as far as the run has them, are all accepted and not joined yet. */
  joinable(runId: string, afterPartOf: string, limit: number): Promise<readonly PartGroup[]>
  /** Parts of a record that earlier runs of the job have answers to. */
  earlierParts(job: string, runId: string, partOf: string): Promise<readonly RequestRow[]>
  /** One transaction: what became of joined records, and so of their parts. */
  commitJoined(joined: Joined): Promise<void>
  /** Has all records of a run joined once more. */
  joinAgain(runId: string): Promise<void>

  // reading
  request(runId: string, key: string): Promise<RequestRow | null>
  requests(runId: string, filter: RequestFilter): Promise<readonly RequestRow[]>
  requestGroups(runId: string): Promise<
    readonly {
      readonly outcome: Outcome
      readonly reason: string | null
      readonly count: number
      readonly example: string
    }[]
  >
  markAgain(runId: string, filter: RequestFilter, lane: Lane | null): Promise<number>
  ledger(filter: { readonly runId?: string; readonly since?: number }): Promise<readonly LedgerRow[]>
  events(runId: string, after: number, limit: number): Promise<readonly EventRow[]>
  addEvent(runId: string, at: number, kind: string, data: Readonly<Record<string, unknown>>): Promise<void>
  /** Attempts of all runs that have one of these values there. */
  attemptsWith(column: AttemptMark, values: readonly string[]): Promise<readonly AttemptRow[]>
  quota(key: string): Promise<QuotaRow | null>
  quotas(): Promise<readonly QuotaRow[]>
  /** Notes a record that was asked in real time. */
  recordTry(tried: Omit<TryRow, 'id'>): Promise<void>
  /** A record was written outside of any run; it is not sent again while its fingerprint stays. */
  markDone(job: string, key: string, fingerprint: string, now: number): Promise<void>
  /** The newest tries of a job. */
  tries(job: string, limit: number): Promise<readonly TryRow[]>
  setQuota(
    key: string,
    changes: { readonly limitTokens?: number | null; readonly notBefore?: number },
  ): Promise<void>
}

/** What `advance()` is called with. */
export type Unit =
  | { readonly kind: 'run'; readonly id: string }
  | { readonly kind: 'attempt'; readonly id: number }

/** A unit with the time from which it wants a look. */
export interface DueUnit {
  readonly unit: Unit
  readonly at: number
}

/** Runs one statement with `$1`, `$2`, … in the transaction at hand. */
export type RunSql = (text: string, values: readonly unknown[]) => Promise<readonly object[]>

/**
 * Told within the transaction that makes units due, so that a queue's wake-up is committed with the cause of it or
 * not at all. Throwing undoes that transaction.
 */
export type OnDue = (runSql: RunSql, units: readonly DueUnit[]) => Promise<void>

export interface ClaimBy {
  readonly holder: string
  readonly now: number
  readonly leaseMs: number
}

export interface Claim {
  readonly unit: Unit
  readonly epoch: number
  /** How long the lease was first meant to last. A unit that is due before was woken while it was held. */
  readonly heldUntil: number
}

export interface NewRun {
  readonly id: string
  readonly job: string
  readonly spec: string
  readonly plan: string | null
  readonly hold: boolean
  readonly now: number
  readonly budgets: readonly { readonly key: string; readonly capMicroUsd: number | null }[]
}

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
  readonly nonce: string
  readonly now: number
  readonly nextBatch: number
  readonly round: number
  readonly fallbackRows: number
}

/** Which requests a new file is for. */
export interface RetryWish {
  readonly maxTries: number
  readonly limit: number
  /** Those that somebody wants in this lane (null: without a choice); leaves out what only the rules want. */
  readonly chosen?: Lane | null
  /** Those that the rules send again; `blameless`: only where the provider left them unanswered, `others`: all but these. */
  readonly ruled?: 'all' | 'blameless' | 'others'
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

export interface CreatedFact {
  readonly providerBatchId: string
  readonly expiresAt: number | null
  /** When the attempt is to be looked at, whose holder loses it; null: it is the holder who records this, and goes on. */
  readonly nextAt: number | null
}

export interface Shortage {
  readonly short: 'money' | 'tokens'
  readonly key: string
  readonly limit: number
  readonly used: number
}

/** What merging needs to know of a request; a batch has fifty thousand of them in memory. */
export type BatchRequest = Pick<
  RequestRow,
  | 'seq'
  | 'key'
  | 'fingerprint'
  | 'rowHash'
  | 'line'
  | 'fileTag'
  | 'rowOffset'
  | 'rowLength'
  | 'outcome'
  | 'attemptId'
  | 'foldedInto'
  | 'partOf'
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
  /** What this chunk adds to the counters of its batch. */
  readonly counts: OutcomeCounts
  readonly usage: Sums
  readonly accounting: Sums
  /** Null when nothing more of an answer file has been read. */
  readonly claim: Claim | null
  readonly mergedBytes: number | null
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
/** By what an attempt is known at the provider. */
export type AttemptMark = 'providerBatchId' | 'nonce' | 'fileId' | 'filename'

export interface RunFilter {
  readonly job?: string
  readonly live?: boolean
  readonly endedBefore?: number
  readonly filesKept?: boolean
  readonly limit: number
}

export interface RequestFilter {
  readonly outcomes?: readonly Outcome[]
  readonly reason?: string
  /** Requests by key; the key of a record means all of its parts. */
  readonly keys?: readonly string[]
  readonly batchN?: number
  readonly afterSeq?: number
  readonly limit?: number
}
