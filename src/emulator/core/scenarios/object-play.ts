import type { JsonObject } from '../json.ts'
import type { BatchRecord, Scenario } from '../records.ts'

/** How often a batch was asked for, the present time included. */
export interface Polls {
  /** Since its first line could run. */
  readonly live: number
  /** Since it has ended. */
  readonly ended: number
}

/** How many requests of a batch have run; a scenario may let the service not know (`null`). */
export interface Counts {
  readonly total: number | null
  readonly completed: number | null
  readonly failed: number | null
}

/** A scenario's counts, other than what has run. */
export type CountsPlay = (
  counts: Counts,
  at: { readonly batch: BatchRecord; readonly scenario: Scenario },
) => Counts

/** A scenario's batch object. */
export type ObjectPlay = (
  shown: JsonObject,
  at: { readonly batch: BatchRecord; readonly polls: Polls; readonly scenario: Scenario },
) => JsonObject
