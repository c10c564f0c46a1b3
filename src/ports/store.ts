import type { AttemptState } from '../domain/attempt.ts'
import type { Outcome, OutcomeCounts } from '../domain/outcome.ts'
import type { AttemptRow, BatchRow, BudgetRow, EventRow, LedgerRow, QuotaRow, RequestRow, RunRow } from './state.ts'

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
  runs(filter: { readonly job?: string; readonly live?: boolean; readonly limit: number }): Promise<readonly RunRow[]>
  /** Outside a claim: pause, resume, cancel and retry are wishes that the holder obeys. */
  changeRun(id: string, from: readonly RunRow['state'][], changes: Partial<RunRow>): Promise<boolean>
  saveRun(claim: Claim, changes: Partial<RunRow>): Promise<void>
  setBudget(key: string, capMicroUsd: number | null): Promise<void>
  budget(key: string): Promise<BudgetRow | null>

  // units of work
  due(now: number, limit: number): Promise<readonly Unit[]>
  /** When the next unit falls due; null when nothing lives. */
  nextDue(): Promise<number | null>
  claim(unit: Unit, by: ClaimBy): Promise<Claim | null>
  /** Extends the lease; false when the claim was lost. */
  renew(claim: Claim, leaseUntil: number): Promise<boolean>
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
  requestsToRetry(runId: string, maxTries: number, limit: number): Promise<readonly RequestRow[]>
  countWaitingFiles(runId: string): Promise<number>

  // attempts
  attempt(id: number): Promise<AttemptRow | null>
  attempts(runId: string): Promise<readonly AttemptRow[]>
  batch(runId: string, n: number): Promise<BatchRow | null>
  batches(runId: string): Promise<readonly BatchRow[]>
  /** Moves an attempt along its transition table, with further columns. */
  move(claim: Claim, to: AttemptState, changes: Partial<AttemptRow>): Promise<void>
  saveAttempt(claim: Claim, changes: Partial<AttemptRow>): Promise<void>
  tighten(claim: Claim, batch: Pick<BatchRow, 'runId' | 'n'>, maxTokens: number, maxCostMicroUsd: number): Promise<void>
  /** Reserves money and tokens and moves to `reserved`, or tells what is short. */
  reserve(claim: Claim, wanted: Reservation): Promise<'reserved' | Shortage>
  /** Records the fact that a batch exists for this nonce, whoever holds the lease; false when the attempt has gone on without it. */
  recordCreated(attemptId: number, nonce: string, fact: { readonly providerBatchId: string; readonly expiresAt: number | null; readonly nextAt: number }): Promise<boolean>
  /** Ends an attempt unpaid: voids its reservation, and lets another attempt of the same file wait when asked. */
  voidAttempt(claim: Claim, end: { readonly reason: string; readonly now: number; readonly again: { readonly nonce: string; readonly nextAt: number } | null; readonly outcome: { readonly outcome: Outcome; readonly reason: string } | null }): Promise<void>
  /** Another attempt takes over the file of one in doubt, whose reservation stays held. */
  replaceAttempt(claim: Claim, next: { readonly nonce: string; readonly now: number }): Promise<void>
  /** The provider's part is over: the tokens are free again. */
  freeTokens(claim: Claim): Promise<void>

  // merging
  batchRequests(runId: string, n: number): Promise<readonly RequestRow[]>
  /** Records folded into a request that had its answer before they came. */
  unansweredFolds(runId: string, limit: number): Promise<readonly RequestRow[]>
  /** One transaction: what became of these requests, the batch's counters, and how far its answers are read. */
  commitMerged(merged: Merged): Promise<void>
  /** One transaction: settles the ledger and ends the attempt. */
  settle(claim: Claim, settled: { readonly amountMicroUsd: number; readonly now: number; readonly note: string | null; readonly to: AttemptState }): Promise<void>
  /** Nothing of this attempt is left at the provider. */
  markCleaned(attemptId: number): Promise<void>
  recordDuplicate(attemptId: number, runId: string, job: string, amountMicroUsd: number, now: number, note: string): Promise<void>

  // reading
  request(runId: string, key: string): Promise<RequestRow | null>
  requests(runId: string, filter: RequestFilter): Promise<readonly RequestRow[]>
  requestGroups(runId: string): Promise<readonly { readonly outcome: Outcome; readonly reason: string | null; readonly count: number; readonly example: string }[]>
  markAgain(runId: string, filter: RequestFilter): Promise<number>
  ledger(filter: { readonly runId?: string; readonly since?: number }): Promise<readonly LedgerRow[]>
  events(runId: string, after: number, limit: number): Promise<readonly EventRow[]>
  addEvent(runId: string, at: number, kind: string, data: Readonly<Record<string, unknown>>): Promise<void>
  quota(key: string): Promise<QuotaRow | null>
  quotas(): Promise<readonly QuotaRow[]>
  setQuota(key: string, changes: { readonly limitTokens?: number | null; readonly notBefore?: number }): Promise<void>
}

/** What `advance()` is called with. */
export type Unit = { readonly kind: 'run'; readonly id: string } | { readonly kind: 'attempt'; readonly id: number }

export interface ClaimBy {
  readonly holder: string
  readonly now: number
  readonly leaseMs: number
}

export interface Claim {
  readonly unit: Unit
  readonly epoch: number
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
  'seq' | 'batchN' | 'key' | 'fingerprint' | 'rowHash' | 'line' | 'fileOffset' | 'fileLength' | 'rowOffset' | 'rowLength' | 'outcome' | 'reason' | 'foldedInto'
>

export type NewBatchRow = Pick<BatchRow, 'n' | 'round' | 'tag' | 'sha256' | 'bytes' | 'requests' | 'mark' | 'maxTokens' | 'maxCostMicroUsd'>

export interface Built {
  readonly batch: NewBatchRow | null
  readonly requests: readonly NewRequest[]
  /** The name of the files that hold these requests and their rows. */
  readonly tag: string
  readonly nonce: string
  readonly now: number
  /** Absolute columns of the run after this file. */
  readonly run: Pick<RunRow, 'sourceCursor' | 'sourceDone' | 'sourceMark' | 'nextSeq' | 'nextBatch' | 'selected' | 'unchanged' | 'folded' | 'unsent' | 'state' | 'nextAt'>
}

export interface BuiltRetry {
  readonly batch: NewBatchRow
  readonly requests: readonly Pick<RequestRow, 'seq' | 'line' | 'fileOffset' | 'fileLength'>[]
  readonly nonce: string
  readonly now: number
  readonly nextBatch: number
  readonly round: number
}

export interface Reservation {
  readonly budgetKeys: readonly string[]
  readonly amountMicroUsd: number
  readonly quotaKey: string
  readonly tokens: number
  readonly job: string
  readonly now: number
  readonly filename: string
}

export interface Shortage {
  readonly short: 'money' | 'tokens'
  readonly key: string
  readonly limit: number
  readonly used: number
}

export type MergedRequest = Pick<
  RequestRow,
  'seq' | 'outcome' | 'reason' | 'answerFile' | 'answerOffset' | 'answerLength' | 'inputTokens' | 'outputTokens' | 'costPicoUsd'
>

export interface Merged {
  readonly runId: string
  readonly batchN: number
  readonly job: string
  readonly now: number
  readonly requests: readonly MergedRequest[]
  /** Keys that are done with their fingerprints. */
  readonly done: readonly { readonly key: string; readonly fingerprint: string }[]
  /** What this chunk adds to the counters of its batch. */
  readonly counts: OutcomeCounts
  readonly usage: Sums
  readonly accounting: Sums
  /** Null when nothing more of an answer file has been read. */
  readonly claim: Claim | null
  readonly mergedBytes: number | null
}

/** Named sums, kept as a JSON object. */
export type Sums = Readonly<Record<string, number>>

export interface RequestFilter {
  readonly outcomes?: readonly Outcome[]
  readonly reason?: string
  readonly keys?: readonly string[]
  readonly afterSeq?: number
  readonly limit?: number
}
