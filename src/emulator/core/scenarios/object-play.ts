import type { JsonObject } from '../json.ts'
import type { BatchRecord, Scenario } from '../records.ts'

/** How often somebody has asked for a batch, the present time included. */
export interface Polls {
  /** Since its first line could run. */
  readonly live: number
  /** Since it has ended. */
  readonly ended: number
}

/** Writes the batch object in another way. */
export type ObjectPlay = (
  shown: JsonObject,
  at: { readonly batch: BatchRecord; readonly polls: Polls; readonly scenario: Scenario },
) => JsonObject
