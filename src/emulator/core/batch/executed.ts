import type { TokenUsage } from '../records.ts'

/** One request that was carried out: an HTTP answer and, when it was 200, what it is billed for. */
export interface Executed {
  readonly status: number
  readonly body: object
  readonly usage: TokenUsage | null
}
