import type { Outcome } from '../../domain/outcome.ts'
import type { Usage } from '../../domain/request.ts'
import type { Reply } from '../../ports/provider/reply.ts'
import type { Values } from '../../ports/job.ts'
import type { SinkResult } from '../../ports/sink.ts'

/** The result of one record that was tried. */
export interface TryResult {
  /** The run that it is booked under; null: none, as nothing was sent. */
  readonly run: string | null
  readonly key: string
  readonly model: string
  /** `unknown`: nobody can say whether it was answered, and it may have been paid. */
  readonly outcome: Outcome | 'accepted' | 'unknown' | 'not_sent'
  readonly reason: string | null
  /** Why the provider declined. */
  readonly cause: Extract<Reply<unknown>, { kind: 'refused' }>['cause'] | null
  readonly usage: Usage | null
  /** What it cost; of an unknown outcome, what it can have cost at most; null: no price is known. */
  readonly costMicroUsd: number | null
  /** What the model wrote. */
  readonly text: string | null
  /** The same as the job's schema has it; null when it does not fit. */
  readonly output: unknown
  /** What is for the sink. */
  readonly values: Values | null
  /** What the sink did with it; null: nothing was to be written. */
  readonly written: SinkResult['kind'] | null
}
