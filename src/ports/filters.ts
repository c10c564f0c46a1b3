import type { Outcome } from '../domain/outcome.ts'
import type { RunState } from '../domain/run.ts'

/** Which runs are meant, newest first; without a field, any. */
export interface RunFilter {
  readonly job?: string
  readonly jobs?: readonly string[]
  readonly states?: readonly RunState[]
  readonly live?: boolean
  /** Only what an emulator has answered, or only the rest. */
  readonly simulated?: boolean
  readonly endedBefore?: number
  readonly filesKept?: boolean
  /** Runs that only tried some records, in place of all others, or with them; without it they are left out. */
  readonly trials?: true | 'too'
  /** Those that come after this one in the list. */
  readonly after?: { readonly createdAt: number; readonly id: string }
  readonly limit: number
}

/** Which requests of a run are meant, in order of their `seq`. */
export interface RequestFilter {
  readonly outcomes?: readonly Outcome[]
  /** Those whose reason has this somewhere. */
  readonly reason?: string
  /** Those whose reason is this; null: those without one. */
  readonly exactReason?: string | null
  /** Requests by key; the key of a record means all of its parts. */
  readonly keys?: readonly string[]
  /** Those whose key begins so. */
  readonly keyPrefix?: string
  readonly batchN?: number
  readonly afterSeq?: number
  readonly limit?: number
}
