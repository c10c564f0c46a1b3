import { shellWord } from '../shell-word.ts'
import type { Flag } from './flags.ts'
import { formatMost } from '../amount.ts'

type Values<Flags> = {
  readonly [Name in keyof Flags]?: Flags[Name] extends Flag<infer Value> ? Value : never
}

/**
 * A command as a person types it, from options as they were read: reading it again gives the same options. Those that
 * say nothing are left out, so that a hint is as short as what was typed.
 */
export function commandLine<const Flags extends Readonly<Record<string, Flag<unknown>>>>(
  command: string,
  args: readonly string[],
  flags: Flags,
  values: Values<Flags>,
): string {
  const given: Readonly<Record<string, unknown>> = values
  const options = Object.entries(flags).flatMap(([name, flag]) =>
    given[name] === undefined ? [] : flag.typed(given[name]),
  )
  return ['offpeak', command, ...[...args, ...options].map(shellWord)].join(' ')
}

/** A command that spends, with the amount that is enough for it, so that it works where nobody can be asked; null: not known. */
export function withAmount(command: string, mostMicroUsd: number | null): string {
  return mostMicroUsd === null ? command : `${command} --max-cost '${formatMost(mostMicroUsd)}'`
}
