import type { DeliveryMode } from '../../domain/delivery-mode.ts'
import type { Outcome } from '../../domain/outcome.ts'
import { listedKey } from '../typed-key.ts'
import { commandLine } from './command-line.ts'
import { deliveryFlags } from './delivery-flags.ts'
import { retryFlags } from './retry-flags.ts'

/** Which requests of a run are asked again, and with what instead of what they had; null: all, or as before. */
interface ChosenRequests {
  readonly outcomes: readonly Outcome[] | null
  readonly reason: string | null
  readonly keys: readonly string[] | null
  readonly deliveryMode?: Exclude<DeliveryMode, 'batch'> | null
  readonly model: string | null
  readonly maxTokens: number | null
}

/** The command that asks them again; `today`: with the job of today (true), as sent (false), or as is usual (null). */
export function cliCommandForRetry(
  run: string,
  { outcomes, reason, keys, deliveryMode = null, model, maxTokens }: ChosenRequests,
  today: boolean | null,
): string {
  return commandLine(
    'retry',
    [run],
    { ...retryFlags, ...deliveryFlags },
    {
      status: outcomes === null ? [] : [outcomes.join(',')],
      error: reason,
      only: keys === null ? [] : [keys.map(listedKey).join(',')],
      today: today === true,
      asSent: today === false,
      maxTokens,
      model,
      realtime: deliveryMode === 'realtime',
      flex: deliveryMode === 'flex',
    },
  )
}
