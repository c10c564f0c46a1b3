import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { messageOf, OffpeakError } from '../../domain/errors.ts'
import type { Plan } from '../../engine/plan/plan.ts'
import type { Selection } from '../../offpeak.ts'
import type { CommandContext } from '../command.ts'
import { countFlag, type Flag, optionalFlag, textFlag, textsFlag, yesFlag } from './flags.ts'
import { formatCount, plural } from '../screen/format.ts'

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
  limit: countFlag('--limit <n>', 'at most so many requests; what is done is passed over'),
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
  payAgain: yesFlag('--pay-again', 'also what earlier runs have asked in vain, or may have paid for'),
  keep: yesFlag('--keep', 'what was done before stays done, although its request has changed'),
  write: yesFlag('--write', 'where the emulator answers: write its answers where the job says'),
}

/** Reads a selection as it was typed. Throws E_USAGE. */
export async function readSelection(
  context: Pick<CommandContext, 'io' | 'globals'>,
  { params, since, limit, only, redo, payAgain, keep, write }: SelectionOptions,
): Promise<Selection> {
  const keys = only.length === 0 ? null : await readKeys(context, only)
  const given = Object.fromEntries(params.map(parseParam))
  return {
    params: since === null ? given : { ...given, since },
    limit,
    only: keys,
    redo,
    payAgain,
    keep,
    ...(write ? { write } : {}),
  }
}

/** Keys as `a,b` or `@file`. Throws E_USAGE. */
export async function readKeys(
  { io, globals }: Pick<CommandContext, 'io' | 'globals'>,
  given: readonly string[],
): Promise<readonly string[]> {
  const keys = new Set<string>()
  for (const text of given) {
    const found = text.startsWith('@')
      ? await readLines(resolve(io.cwd, globals.cwd, text.slice(1)))
      : text.split(',')
    for (const key of found) if (key.trim() !== '') keys.add(key.trim())
  }
  if (keys.size === 0)
    throw new OffpeakError('E_USAGE', '--only names no key', { fix: '--only 17,18 or --only @keys.txt' })
  return [...keys]
}

/** Says so when keys were named that the source does not have. */
export function warnOfUnknownKeys(
  context: CommandContext,
  { only }: Selection,
  { unknown: missing }: Pick<Plan, 'unknown'>,
): void {
  if (missing > 0)
    context.say(
      context.paintWords.warn(
        `  ! ${formatCount(missing)} of ${plural(only?.length ?? 0, 'key')} ${missing === 1 ? 'is' : 'are'} not in the source`,
      ),
    )
}

async function readLines(path: string): Promise<readonly string[]> {
  try {
    return (await readFile(path, 'utf8')).split(/\r?\n/)
  } catch (thrown) {
    throw new OffpeakError('E_USAGE', `the file of keys cannot be read: ${messageOf(thrown)}`, {
      where: path,
      cause: thrown,
    })
  }
}

export function parseParam(text: string): readonly [string, unknown] {
  const match = /^([^=:]+)(:?=)(.*)$/s.exec(text)
  if (!match)
    throw new OffpeakError('E_USAGE', `a parameter is name=value, not "${text}"`, {
      fix: '-p court=supreme, or -p year:=2026 for a number',
    })
  const [, name = '', sign, value = ''] = match
  if (sign === '=') return [name, value]
  try {
    return [name, JSON.parse(value)]
  } catch {
    throw new OffpeakError('E_USAGE', `the parameter ${name} is not JSON: ${value}`, {
      fix: `-p ${name}=${value} passes it as text`,
    })
  }
}
