import type { RunFilter } from '../filters.ts'
import type { AttemptRow, BatchRow, EventRow, KeptPlanRow, RunRow } from '../state.ts'

/** Runs: who drives them, where they stand, what happened in them, and who has been told. */
export interface RunStore extends WorkItemStore, TotalsStore, EventStore, DeliveryStore, ProjectStore {
  /** Makes the run, or returns the live run of the same job. */
  startRun(run: NewRun): Promise<{ readonly run: RunRow; readonly attached: boolean }>
  run(id: string): Promise<RunRow | null>
  runs(filter: RunFilter): Promise<readonly RunRow[]>
  /** Outside a claim: pause, resume, cancel and retry are wishes that the holder obeys. */
  changeRun(
    id: string,
    from: readonly RunRow['state'][],
    changes: Partial<RunRow>,
    happened?: Happened,
  ): Promise<boolean>
  saveRun(claim: Claim, changes: Partial<RunRow>, happened?: Happened): Promise<void>
  /**
   * Notes whether an emulator answers a run. Where one does, what its attempts have reserved or spent stays in the run's own budget and in
   * those that it shares, and leaves all others.
   */
  markSimulated(runId: string, isSimulated: boolean, budgets: readonly string[]): Promise<void>
  /** Whether an emulator has answered the newest run of an account; false: there is none. */
  wasSimulated(account: string): Promise<boolean>
  /** Keeps a plan and forgets those of before `forgetBefore`. */
  storePlan(plan: KeptPlanRow, forgetBefore: number): Promise<void>
  storedPlan(id: string): Promise<KeptPlanRow | null>
}

/** The event that a change is to people: noted with the change or not at all. */
export type Happened = Pick<EventRow, 'at' | 'kind'> & { readonly data: Readonly<Record<string, unknown>> }

export interface NewRun {
  readonly id: string
  readonly job: string
  readonly spec: string
  readonly plan: string | null
  readonly provider: string
  readonly account: string
  readonly isSimulated: boolean
  readonly hold: boolean
  readonly maySend: RunRow['maySend']
  readonly now: number
  readonly budgets: readonly { readonly key: string; readonly capMicroUsd: number | null }[]
}

/** Leases: who may act on a run or an attempt, and when it should be looked at again. */
export interface WorkItemStore {
  /** Units that want a look now and that nobody holds, of some runs or (null) of all. */
  due(now: number, limit: number, runIds: readonly string[] | null): Promise<readonly WorkItem[]>
  /** When the next unit falls due; null when nothing lives. */
  nextDue(runIds: readonly string[] | null): Promise<number | null>
  /** Null: somebody else holds it, or it is over. Throws E_STATE_VERSION once a newer version has taken over the state. */
  claim(unit: WorkItem, by: ClaimBy): Promise<Claim | null>
  /** Extends the lease; false when the claim was lost. */
  renew(claim: Claim, leaseUntil: number): Promise<boolean>
  /** Gives the unit back, to be looked at again at `nextAt`, or sooner when something has woken it meanwhile. */
  release(claim: Claim, nextAt: number | null): Promise<void>

  /** Who holds a lease now. */
  holders(now: number): Promise<readonly string[]>
  /** Takes back whatever somebody holds who is gone for good, so that it is looked at again at once. */
  releaseLeasesOf(holder: string, now: number): Promise<void>

  /** Has everything of a run looked at again at once. */
  wakeAttempts(runId: string, now: number): Promise<void>
  /** Has one attempt looked at again at once, if anybody is to look at it at all. */
  wakeAttempt(id: number, now: number): Promise<void>
}

/** A unit of work: the argument of `advance()`. */
export type WorkItem =
  | { readonly kind: 'run'; readonly id: string }
  | { readonly kind: 'attempt'; readonly id: number }

/** A unit with the time from which it wants a look. */
export interface DueWorkItem {
  readonly unit: WorkItem
  readonly at: number
}

/** Runs one statement with `$1`, `$2`, … in the transaction at hand. */
export type RunSql = (text: string, values: readonly unknown[]) => Promise<readonly object[]>

/**
 * A listener that is called within the transaction that makes units due, so that a queue's wake-up is committed with
 * its cause or not at all. Throwing undoes that transaction.
 */
export type OnDue = (runSql: RunSql, units: readonly DueWorkItem[]) => Promise<void>

export interface ClaimBy {
  readonly holder: string
  readonly now: number
  readonly leaseMs: number
}

export interface Claim {
  readonly unit: WorkItem
  readonly epoch: number
  /** How long the lease was first meant to last. A unit that is due before was woken while it was held. */
  readonly heldUntil: number
}

/** Where runs stand, several of them in one statement. */
export interface TotalsStore {
  /** What one run's status is made of, without what only its workers need. */
  batchSummaries(runId: string): Promise<readonly BatchSummary[]>
  attemptSummaries(runId: string): Promise<readonly AttemptSummary[]>
  batchCounters(runIds: readonly string[]): Promise<readonly BatchCounters[]>
  /** How many batches are in each state, and wait for each reason, by the last attempt of each. */
  batchStates(runIds: readonly string[]): Promise<readonly BatchStates[]>
}

export type BatchSummary = Pick<
  BatchRow,
  'n' | 'round' | 'deliveryMode' | 'requests' | 'bytes' | 'records' | 'counts' | 'usage' | 'accounting'
>

export interface AttemptSummary extends Pick<
  AttemptRow,
  | 'batchN'
  | 'state'
  | 'reason'
  | 'ending'
  | 'waitsFor'
  | 'waitingSince'
  | 'waitTries'
  | 'waitWords'
  | 'nextAt'
  | 'leaseUntil'
  | 'createdAt'
  | 'triedAt'
  | 'providerBatchId'
  | 'account'
  | 'assignedAccount'
  | 'quotaKey'
  | 'remoteTotal'
  | 'remoteCompleted'
  | 'remoteFailed'
  | 'expiresAt'
  | 'reservedMicroUsd'
  | 'possiblyPaidMicroUsd'
> {
  /** What a second batch of its file has cost; null: there is none. */
  readonly duplicateMicroUsd: number | null
}

export type BatchCounters = Pick<BatchRow, 'runId' | 'n' | 'round' | 'records' | 'counts' | 'usage'>

export interface BatchStates extends Pick<AttemptRow, 'runId' | 'state' | 'ending' | 'waitsFor'> {
  readonly count: number
  /** Since when the first of them waits; null: they do not. */
  readonly waitingSince: number | null
}

/** Events of runs. */
export interface EventStore {
  events(runId: string, after: number, limit: number): Promise<readonly EventRow[]>
  /** All events of one kind of a run, oldest first: of kinds that are rare. */
  eventsOfKind(runId: string, kind: string): Promise<readonly EventRow[]>
  /** The id of what happened last, in whatever run; 0: nothing has. */
  newestEvent(): Promise<number>
  addEvent(runId: string, at: number, kind: string, data: Readonly<Record<string, unknown>>): Promise<void>
}

/** How far what happened has been told to each endpoint, so that any process can go on with it. */
export interface DeliveryStore {
  /** Where an endpoint is. One that is new hears what happens from now on. */
  delivery(endpoint: string): Promise<DeliveryRow>
  /** Takes the endpoint for one process, when its next look is due and nobody else has it. */
  claimDelivery(endpoint: string, by: DeliverBy): Promise<DeliveryClaim | null>
  /**
   * The next events of all runs, in the order of their ids: whatever has a smaller id is among them, or was before. An
   * event stands back while a transaction is open that writes events and may have a smaller id.
   */
  eventsToDeliver(after: number, limit: number): Promise<readonly EventRow[]>
  /** Notes how far the endpoint is, and extends the lease; false when another process has it by now. */
  saveDelivery(claim: DeliveryClaim, progress: DeliveryProgress): Promise<boolean>
  /** Gives the endpoint back, to be looked at again at that time. */
  releaseDelivery(claim: DeliveryClaim, nextAt: number): Promise<void>
  /** The id of the event with which the first of a run's requests went out; null when none has. */
  firstSent(runId: string): Promise<number | null>
}

export interface DeliveryRow {
  readonly endpoint: string
  /** The last event that is dealt with. */
  readonly position: number
  /** How often the endpoint has refused in a row. */
  readonly tries: number
  readonly epoch: number
  readonly holder: string | null
  readonly leaseUntil: number
  readonly nextAt: number
}

export interface DeliverBy {
  readonly holder: string
  readonly now: number
  readonly leaseMs: number
}

export type DeliveryClaim = Pick<DeliveryRow, 'endpoint' | 'epoch' | 'position' | 'tries'>

export interface DeliveryProgress {
  readonly position: number
  readonly tries: number
  readonly leaseUntil: number
}

/** The owner of a directory of request and answer files. */
export interface ProjectMarker {
  /** The lineage of the project's state. */
  readonly project: string
  /** The id of this very directory: a second one, on another machine, has another. */
  readonly directory: string
}

/** Which directory holds the files of this state. */
export interface ProjectStore {
  /** The ids by which our batches and files are known at the provider: that of this state, and those taken over. */
  ownIds(): Promise<ReadonlySet<string>>
  /** Takes over the id of a project that is lost: its batches and files are ours from now on. */
  adoptProject(projectId: string): Promise<void>
  /** The id of the directory that the state's files were first written to; null: none was yet. */
  filesDirectory(): Promise<string | null>
  /** Notes the directory of the state's files, unless one is noted and `replace` is false. Returns the noted one. */
  noteFilesDirectory(directory: string, replace: boolean): Promise<string>
}
