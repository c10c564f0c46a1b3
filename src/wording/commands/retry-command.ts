import type { DeliveryMode } from '../../domain/delivery-mode.ts'
import type { Outcome } from '../../domain/outcome.ts'
import { listedKey } from '../typed-key.ts'
import { commandLine } from './command-line.ts'
import { deliveryFlags } from './delivery-flags.ts'
import { countFlag, textFlag, textsFlag, yesFlag } from './flags.ts'

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

/** Flags that choose which requests are sent again, and as what. */
export const retryFlags = {
  status: textsFlag('--status <outcomes>', 'those that ended so: invalid,expired,…'),
  error: textFlag('--error <text>', 'those whose reason contains this'),
  only: textsFlag('--only <keys>', 'only these keys: a,b,c or @file with a key in each line'),
  today: yesFlag('--today', 'with the job as it is now, in a run of its own'),
  asSent: yesFlag('--as-sent', 'with the very bytes that were sent before'),
  maxTokens: countFlag('--max-tokens <n>', 'with this limit of output tokens, for these records alone'),
  model: textFlag('--model <name>', 'with this model, for these records alone'),
} as const
