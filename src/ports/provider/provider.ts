import type { ProviderLimits, Recovery } from '../../domain/limits.ts'
import type { BatchService } from './batch-service.ts'
import type { Realtime } from './realtime.ts'
import type { Reply } from './reply.ts'
import type { Wire } from './wire.ts'

/** One of the accounts that a model names. */
export interface AccountPlace {
  readonly name: string
  /** Whether it is the one that jobs use which name no account, so that they share its quota. */
  readonly isUsual: boolean
}

/** A service as the engine sees it: its language, its batches and its synchronous call, for one key. */
export interface Provider extends Wire, BatchService, Realtime {
  readonly name: string
  /** Names the quota and the list that its batches share: host and a digest of the key, never the key. */
  readonly account: string
  /** Which it is of the accounts that a model names; left out: it names none, and uses that of the environment. */
  readonly place?: AccountPlace
  readonly limits: ProviderLimits
  readonly recovery: Recovery
  /**
   * The service's clock minus ours in milliseconds, told by the `Date` of its newest answer (RFC 9110); 0 within what
   * such a date can tell, null before any answer with one. Every time that this port takes or returns is in our clock.
   */
  clockSkewMs(): number | null
  /** Whether an emulator answers, which says so in a header of each of its replies; null before any reply. */
  isSimulated(): boolean | null
  /** Whether the key works and the model or deployment is there; sends no tokens. */
  probe(model: string, signal?: AbortSignal): Promise<Reply<{ readonly words: string }>>
}
