import type { Outcome } from '../domain/outcome.ts'

/** Which runs are meant; without a field, any. */
export interface RunFilter {
  readonly job?: string
  readonly live?: boolean
  readonly endedBefore?: number
  readonly filesKept?: boolean
  readonly limit: number
}

/** Which requests of a run are meant, in order of their `seq`. */
export interface RequestFilter {
  readonly outcomes?: readonly Outcome[]
  readonly reason?: string
  /** Requests by key; the key of a record means all of its parts. */
  readonly keys?: readonly string[]
  readonly batchN?: number
  readonly afterSeq?: number
  readonly limit?: number
}
