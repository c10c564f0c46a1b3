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

/** What `advance()` is called with. */
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
 * Told within the transaction that makes units due, so that a queue's wake-up is committed with the cause of it or
 * not at all. Throwing undoes that transaction.
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
