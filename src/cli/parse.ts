import { CommanderError, Command as Parser, Option } from 'commander'
import { OffpeakError } from '../domain/errors.ts'
import type { Argument } from './command.ts'
import { optionMeant } from './option-meant.ts'
import type { Flag } from '../wording/commands/flags.ts'

export interface Parsed {
  readonly args: readonly (string | undefined)[]
  readonly values: Readonly<Record<string, unknown>>
}

interface Grammar {
  /** What the user typed so far: `offpeak plan`. */
  readonly called: string
  readonly arguments: readonly Argument[]
  readonly options: Readonly<Record<string, Flag<unknown>>>
}

/**
 * Options and arguments from the words after a command's name. Throws E_USAGE that says what was meant and how it goes.
 */
export function parseArguments(grammar: Grammar, words: readonly string[]): Parsed {
  const parser = new Parser(grammar.called)
    .helpOption(false)
    .exitOverride()
    .configureOutput({ writeErr: () => undefined, writeOut: () => undefined })
  for (const { syntax } of grammar.arguments) parser.argument(syntax)
  const options = Object.entries(grammar.options).map(([name, flag]) => {
    const option = new Option(flag.syntax)
    if (flag.repeat) option.argParser<readonly string[]>((text, before) => [...(before ?? []), text])
    parser.addOption(option)
    return { name, flag, option }
  })
  try {
    parser.parse([...words], { from: 'user' })
  } catch (thrown) {
    throw usageError(thrown, grammar)
  }
  const given = parser.opts<Record<string, unknown>>()
  const values = options.map(
    ({ name, flag, option }) =>
      [name, flag.read(textsOf(given[option.attributeName()], option.negate))] as const,
  )
  return {
    args: parser.processedArgs
      .flat()
      .map((value: unknown) => (typeof value === 'string' ? value : undefined)),
    values: Object.fromEntries(values),
  }
}

function textsOf(value: unknown, negate: boolean): readonly (string | true)[] {
  if (negate) return value === false ? [true] : []
  if (Array.isArray(value)) return value.filter((text: unknown) => typeof text === 'string')
  return typeof value === 'string' || value === true ? [value] : []
}

/** What shows the values that an argument may have, by what it is called. */
const listedBy = [
  { names: /^jobs?\b/, command: 'offpeak jobs' },
  { names: /^run\b/, command: 'offpeak status' },
] as const

function usageError(thrown: unknown, { called, arguments: takes, options }: Grammar): OffpeakError {
  if (!(thrown instanceof CommanderError)) throw thrown
  const [message = ''] = thrown.message.replace(/^error: /, '').split('\n')
  const unknown = thrown.code === 'commander.unknownOption' ? /'(.+)'/.exec(message)?.[1] : undefined
  const meant = unknown === undefined ? null : optionMeant(unknown, Object.values(options))
  const missing = thrown.code === 'commander.missingArgument' ? /'(.+)'/.exec(message)?.[1] : undefined
  const plain =
    thrown.code === 'commander.excessArguments'
      ? `${called} takes ${takes.length === 0 ? 'no arguments' : takes.map(({ syntax }) => syntax).join(' ')}`
      : missing === undefined
        ? message.replaceAll("'", '')
        : `missing argument <${missing}>`
  const listed = missing === undefined ? undefined : listedBy.find(({ names }) => names.test(missing))
  return new OffpeakError('E_USAGE', plain, {
    fix:
      meant !== null
        ? `did you mean ${meant}? ${called} --help shows all`
        : `${listed ? `${listed.command} lists them; ` : ''}${called} --help shows how it goes`,
  })
}
