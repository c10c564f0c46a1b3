import type { SelectionOptions } from '../../../wording/commands/selection-flags.ts'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { messageOf, OffpeakError } from '../../../domain/errors.ts'
import type { Plan } from '../../../engine/plan/plan.ts'
import type { Selection } from '../../../compose/selection.ts'
import { parseExactJson } from '../../../planning/text/exact-numbers.ts'
import type { CommandContext } from '../../command.ts'
import { formatCount, plural } from '../../../wording/count.ts'

/** A selection from its options. Throws E_USAGE. */
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

/** The warning that keys were named that the source does not have. */
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

/** Name and value of a parameter: `name=text`, or `name:=JSON`. Throws E_USAGE for anything else. */
export function parseParam(text: string): readonly [string, unknown] {
  const match = /^([^=:]+)(:?=)(.*)$/s.exec(text)
  if (!match)
    throw new OffpeakError('E_USAGE', `a parameter is name=value, not "${text}"`, {
      fix: '-p court=supreme, or -p year:=2026 for a number',
    })
  const [, name = '', sign, value = ''] = match
  if (sign === '=') return [name, value]
  try {
    return [name, parseExactJson(value)]
  } catch {
    throw new OffpeakError('E_USAGE', `the parameter ${name} is not JSON: ${value}`, {
      fix: `-p ${name}=${value} passes it as text`,
    })
  }
}
