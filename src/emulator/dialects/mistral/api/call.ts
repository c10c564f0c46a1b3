import type { Call } from '../../../core/http/call.ts'

/** A call to Mistral. */
export interface MistralCall extends Call {
  readonly operation: string
  /** The id in the path; `''` where it has none. */
  readonly id: string
}
