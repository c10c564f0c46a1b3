import type { Call } from '../../core/http/call.ts'

/** A call to xAI. */
export interface XaiCall extends Call {
  readonly operation: string
  /** The id in the path; `''` where it has none. */
  readonly id: string
}
