import type { Lane } from '../../domain/lane.ts'
import type { Outcome } from '../../domain/outcome.ts'
import type { RequestFilter } from '../filters.ts'
import type { RequestRow } from '../state.ts'

/** What people ask about requests. A run may have millions: nothing here takes longer the larger it is, unless it says so. */
export interface RequestStore {
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
  /** What is neither merged nor pending, by fate and reason. */
  requestGroups(runId: string): Promise<readonly RequestGroup[]>
  /** How many records of these batches the rules send again, by batch; takes the longer the more went wrong in them. */
  retryingIn(runId: string, batches: readonly number[], rule: RetryRule): Promise<ReadonlyMap<number, number>>
  /** The same of the whole run, by fate and reason. */
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
  markAgain(runId: string, filter: RequestFilter, lane: Lane | null): Promise<number>
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

/** Requests with the same fate and the same reason. */
export interface RequestGroup {
  readonly outcome: Outcome
  readonly reason: string | null
  readonly count: number
  /** The keys of the first few. */
  readonly examples: readonly string[]
}
