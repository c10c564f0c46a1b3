import type { Call } from '../../../core/http/call.ts'

/** A call to Anthropic. */
export interface AnthropicCall extends Call {
  readonly operation: string
  /** The id in the path; `''` where it has none. */
  readonly id: string
}
