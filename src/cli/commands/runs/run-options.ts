import { chosenFlags, type SelectionOptions } from '../../../wording/commands/selection-flags.ts'
import { consentFlags } from './consent.ts'
import { durationFlag, yesFlag } from '../../../wording/commands/flags.ts'

export const runFlags = {
  ...chosenFlags,
  candidates: yesFlag(
    '--candidates',
    'ask every candidate of the job the same records, one run each, under one amount',
  ),
  ...consentFlags,
  detach: yesFlag('--detach', 'leave when everything that may go out is sent'),
  wait: durationFlag('--wait <duration>', 'leave after so long (exit 7); the run continues'),
} as const

/** Options of `run` besides its jobs. */
export interface RunOptions extends SelectionOptions {
  readonly realtime: boolean
  readonly flex: boolean
  readonly deadline: number | null
  readonly maxCost: number | null
  readonly yes: boolean
  readonly candidates: boolean
  readonly detach: boolean
  readonly wait: number | null
}
