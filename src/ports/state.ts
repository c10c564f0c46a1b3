import type { AttemptState, Ending } from '../domain/attempt.ts'
import type { DeliveryMode } from '../domain/delivery-mode.ts'
import type { Outcome } from '../domain/outcome.ts'
import type { MaySend, PauseKind, RunState } from '../domain/run.ts'
import type { Scope } from '../domain/scope.ts'
import type { Wait } from '../domain/wait.ts'

/** The rows of the state. Times are milliseconds since the epoch, flags 0 or 1, JSON columns are text. */

export interface Leased {
  /** Grows at every claim; a write that names an older epoch changes nothing. */
  readonly epoch: number
  readonly holder: string | null
  readonly leaseUntil: number
  /** When a driver should look again; null when nothing is left to do. */
  readonly nextAt: number | null
}

export interface RunRow extends Leased, Wait {
  readonly id: string
  readonly job: string
  /** The job's name while the run lives, so that a job has one live run; null afterwards. */
  readonly liveKey: string | null
  readonly state: RunState
  /** Set while the run is paused: what it waits for, the same in words, and how much money is short. */
  readonly pauseKind: PauseKind | null
  readonly pauseReason: string | null
  readonly pauseShortMicroUsd: number | null
  /** 1: files are built, and nothing is sent until somebody submits them. */
  readonly hold: number
  readonly maySend: MaySend
  /** 1: some records were asked to see what comes back; it is in no list of its job's runs. */
  readonly trial: number
  /** The snapshot of the job and the selection, as JSON. */
  readonly spec: string
  /** Who was asked, and by which account; null: the run is from before that was noted. */
  readonly provider: string | null
  readonly account: string | null
  /** 1: an emulator has answered, whoever answers now. */
  readonly simulated: number
  readonly createdAt: number
  readonly finishedAt: number | null
  /** 1: its request and answer files have been removed. */
  readonly filesRemoved: number
  readonly sourceCursor: string | null
  readonly sourceDone: number
  readonly sourceMark: string | null
  readonly nextSeq: number
  readonly nextBatch: number
  readonly round: number
  /** Requests that the job's fallback has sent in real time so far. */
  readonly fallbackRows: number
  readonly selected: number
  readonly unchanged: number
  readonly folded: number
  /** Outcomes of records that never came into a file, as JSON. */
  readonly unsent: string
  /** What the plan said, as JSON, for the report. */
  readonly plan: string | null
}

export interface BatchRow {
  readonly runId: string
  readonly n: number
  readonly round: number
  readonly deliveryMode: DeliveryMode
  readonly tag: string
  readonly bytes: number
  readonly requests: number
  /** Records that follow these requests now: the lines and the records folded into them, less those sent again elsewhere. */
  readonly records: number
  readonly snapshot: string | null
  /** Upper bounds; `exact` tells whether tokens were counted or taken from bytes. */
  readonly maxTokens: number
  readonly maxCostMicroUsd: number
  readonly exact: number
  readonly counts: string
  readonly usage: string
  readonly accounting: string
}

export interface AttemptRow extends Leased, Wait {
  readonly id: number
  readonly runId: string
  readonly batchN: number
  readonly n: number
  readonly nonce: string
  /** What the ids of its answers begin with, where that is not the tag of its file: the batch was made by a state that is gone. */
  readonly idTag: string | null
  readonly state: AttemptState
  readonly reason: string | null
  readonly createdAt: number
  readonly reservedMicroUsd: number
  readonly reservedTokens: number
  /** What requests can have cost whose answers are not at hand; part of what is settled. */
  readonly possiblyPaidMicroUsd: number
  /** Whether the tokens above are still held at the quota. */
  readonly holdsTokens: number
  readonly quotaKey: string | null
  /** The budgets that hold the reservation, as JSON. */
  readonly budgetKeys: string
  readonly filename: string | null
  readonly staged: string | null
  readonly triedAt: number | null
  /** How often the list was searched for the batch of an unconfirmed create. */
  readonly lookups: number
  /** When the input file of an unconfirmed create was deleted. */
  readonly withdrawnAt: number | null
  /** The account that created the batch: host and a digest of the key. */
  readonly account: string | null
  /** The account that it was given to when it was let in; null: it was not yet, or by a version that had one alone. */
  readonly assignedAccount: string | null
  /** As of its run. */
  readonly provider: string | null
  readonly simulated: number
  readonly providerBatchId: string | null
  readonly expiresAt: number | null
  readonly remoteTotal: number
  readonly remoteCompleted: number
  readonly remoteFailed: number
  /** Tokens of the whole batch as its service counts them, as JSON. */
  readonly remoteUsage: string | null
  /** How the batch ended, as its service says; `lost`: a person gave it up. */
  readonly ending: Ending | 'lost' | null
  /** The service's errors about the whole batch, as JSON. */
  readonly errors: string | null
  readonly outputPart: string | null
  readonly errorPart: string | null
  readonly outputBytes: number | null
  readonly errorBytes: number | null
  /** How many downloads of its answers are kept beside the newest one. */
  readonly fetches: number
  /** When a person accepted what is there; what is missing is waited for no longer. */
  readonly acceptedAt: number | null
  /** When its answers were on our disk. */
  readonly collectedAt: number | null
  readonly mergedBytes: number
  readonly remoteDeleted: number
  /** The phase that the user's own tables were told of last. */
  readonly tracked: string | null
}

export interface RequestRow {
  readonly runId: string
  readonly seq: number
  readonly key: string
  readonly fingerprint: string
  readonly rowHash: string
  readonly batchN: number | null
  readonly line: number | null
  readonly fileTag: string | null
  readonly fileOffset: number | null
  readonly fileLength: number | null
  readonly rowOffset: number | null
  readonly rowLength: number | null
  readonly outcome: Outcome
  readonly reason: string | null
  /** How often it was sent. */
  readonly tries: number
  /** How many of these ended through no fault of the record. */
  readonly infrastructureFailures: number
  /** 0: never chosen to be sent again, 1: chosen, 2: chosen, and sent since. */
  readonly retryRequested: number
  /** The delivery mode of the next try, when somebody has chosen one. */
  readonly retryDeliveryMode: DeliveryMode | null
  readonly deduplicatedInto: number | null
  readonly deduplicatedRecords: number
  /** The record that this is a part of, which part of how many, and whether they are joined; null: it is no part. */
  readonly partOf: string | null
  readonly partIndex: number | null
  readonly parts: number | null
  readonly joined: number
  readonly attemptId: number | null
  readonly answerFile: string | null
  readonly answerOffset: number | null
  readonly answerLength: number | null
  readonly inputTokens: number | null
  readonly outputTokens: number | null
  readonly costPicoUsd: number | null
  /** What the job's `score` gave, in thousandths. */
  readonly scorePermille: number | null
  /** The try that the outcome and the answer are of, where a later one brought less; null: the last one. */
  readonly standingTry: number | null
}

/** Outcome of a try that is not the one whose outcome stands, and where its request and its answer lie. */
export interface PastTryRow extends Pick<
  RequestRow,
  | 'runId'
  | 'seq'
  | 'batchN'
  | 'attemptId'
  | 'line'
  | 'fileTag'
  | 'fileOffset'
  | 'fileLength'
  | 'rowOffset'
  | 'rowLength'
  | 'outcome'
  | 'reason'
  | 'answerFile'
  | 'answerOffset'
  | 'answerLength'
  | 'inputTokens'
  | 'outputTokens'
  | 'costPicoUsd'
  | 'scorePermille'
> {
  /** The first try is 1. */
  readonly n: number
}

export interface LedgerRow {
  readonly attemptId: number
  /** `adjust`: what a later look at the answers added to a settlement, or took from it. */
  readonly kind: 'reserve' | 'settle' | 'adjust' | 'void' | 'duplicate'
  readonly runId: string
  readonly job: string
  readonly amountMicroUsd: number
  readonly at: number
  readonly note: string | null
}

export interface EventRow {
  readonly id: number
  readonly runId: string
  readonly at: number
  readonly kind: string
  readonly data: string
}

export interface BudgetRow {
  readonly key: string
  readonly capMicroUsd: number | null
  readonly reservedMicroUsd: number
  readonly spentMicroUsd: number
}

export interface QuotaRow {
  readonly key: string
  readonly limitTokens: number | null
  readonly usedTokens: number
  readonly notBefore: number
}

/** A key for the server: its holder, rights and bounds; of the secret only a hash is kept. */
export interface KeyRow {
  readonly id: string
  readonly name: string
  readonly secretHash: string
  readonly scope: Scope
  /** The jobs that it is for, as JSON; null: all. */
  readonly jobs: string | null
  readonly budgetMicroUsd: number | null
  readonly createdAt: number
  readonly expiresAt: number | null
  readonly revokedAt: number | null
  readonly lastUsedAt: number | null
}

/** A session of the dashboard; its id is a digest, so that who reads the state can open no session. */
export interface SessionRow {
  readonly id: string
  /** `local`, `environment` or `key:<id>`. */
  readonly caller: string
  /** What must still be so: the secret behind the link, or the key of the environment, is the same. */
  readonly mark: string
  readonly createdAt: number
  readonly expiresAt: number
}

/** A call that may come twice, and what was answered; `status` is null while it is worked on. */
export interface RepeatRow {
  readonly key: string
  readonly requestHash: string
  readonly at: number
  readonly status: number | null
  readonly body: string | null
}

/** A plan that was looked at, kept so that exactly it can be started; selection and plan are JSON. */
export interface KeptPlanRow {
  readonly id: string
  readonly job: string
  readonly selection: string
  readonly plan: string
  readonly createdAt: number
}
