import { OffpeakError } from '../../domain/errors.ts'
import { countFlag, type Flag, optionalFlag, textFlag, textsFlag, yesFlag } from './flags.ts'
import { deadlineFlag, deliveryFlags } from './delivery-flags.ts'

export interface SelectionOptions {
  readonly params: readonly string[]
  readonly since: string | null
  readonly limit: number | null
  readonly only: readonly string[]
  readonly redo: boolean
  readonly payAgain: boolean
  readonly write: boolean
  readonly keep: boolean
}

/** The options that say which records of a job are meant. */
export const selectionFlags: { readonly [Name in keyof SelectionOptions]: Flag<SelectionOptions[Name]> } = {
  params: textsFlag('-p, --param <k=v>', 'a parameter of the job; k:=v reads v as JSON'),
  since: textFlag('--since <date>', 'the parameter `since` of the job, as in --since 2026-07-01'),
  limit: countFlag('--limit <n>', 'at most n requests; what is done is passed over'),
  only: textsFlag('--only <keys>', 'only these keys: a,b,c or @file with a key in each line'),
  redo: optionalFlag(
    '--redo [what]',
    'again, although nothing changed (all)',
    (given) => {
      if (given === undefined) return false
      if (given === true || given === 'all') return true
      throw new OffpeakError('E_USAGE', `--redo takes nothing or "all", not "${given}"`, {
        fix: 'records that changed are sent anyway',
      })
    },
    (isGiven) => (isGiven ? ['--redo'] : []),
  ),
  payAgain: yesFlag('--pay-again', 'also what earlier runs have asked without success, or may have paid for'),
  keep: yesFlag('--keep', 'what was done before stays done, although its request has changed'),
  write: yesFlag('--write', 'where the emulator answers: write its answers where the job says'),
}

/** Flags that choose which records are sent, and how: the same for `plan` and `run`. */
export const chosenFlags = { ...selectionFlags, ...deliveryFlags, deadline: deadlineFlag } as const
