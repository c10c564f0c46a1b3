import type { DeliveryMode } from './delivery-mode.ts'

/**
 * One try to send a file of requests, as it is noted outside of the state before anything of it can be paid. A state
 * that is restored to an earlier time does not know it; what was paid is found by it all the same.
 */
export interface Intent {
  /** Counts the tries of a project; a state that has counted less far is older than the note. 0: read from a provider's list. */
  readonly number: number
  /** The state's id at the time. */
  readonly projectId: string
  readonly runId: string
  /** Empty: its note cannot be read, so that it may be of any job. */
  readonly job: string
  readonly batchN: number
  readonly attemptId: number
  readonly nonce: string
  /** What the `custom_id`s of its file begin with. */
  readonly tag: string
  /** What the file holds, its ids left out: two files that hash alike ask the same in the same order. */
  readonly inputHash: string
  readonly deliveryMode: DeliveryMode
  readonly filename: string | null
  readonly staged: string | null
  readonly account: string
  readonly requests: number
  readonly maxCostMicroUsd: number
  /** Milliseconds since the epoch. */
  readonly at: number
  /**
   * The state had counted it when it came to know of it: a process ended between its note and the commit of its create.
   * Nothing tells that the state is older than the note.
   */
  readonly wasCounted?: boolean
}

/**
 * Milliseconds for which the batch of an intent can be found: OpenAI deletes output files 30 days after a batch is
 * completed (guide of the Batch API), which takes up to a day, and no service is known to list batches for longer.
 */
export const intentMattersMs = 31 * 86_400_000

/**
 * State of an intent that the ledger did not know: `open` until a file of the same content is found for it; `taken` by
 * an attempt; a `twin` has the same content as one that was taken; `closed` is waited for no longer.
 */
export type IntentStatus = 'open' | 'taken' | 'twin' | 'closed'
