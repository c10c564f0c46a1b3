import { capital } from './capital.ts'
import { type Command, groups } from '../command.ts'
import type { CommandEntry } from '../commands.ts'
import type { Flag } from '../commands/flags.ts'
import type { Paint } from './paint.ts'
import { wrapWords } from './wrap.ts'

interface HelpOptions {
  readonly paint: Paint
  readonly columns: number
  readonly globals: Readonly<Record<string, Flag<unknown>>>
}

/** Widest line of help, however wide the terminal is. */
const maxColumns = 110

/** The help of `offpeak` itself. */
export function rootHelp(
  commands: readonly CommandEntry[],
  version: string,
  { paint, columns, globals }: HelpOptions,
): string {
  const width = Math.max(...commands.map(({ synopsis }) => synopsis.length))
  const sections = groups.map((group) => {
    const rows = commands.filter((entry) => entry.group === group)
    return [
      paint.strong(group),
      ...rows.map(({ synopsis, summary }) => pair(synopsis, summary, width, columns)),
    ].join('\n')
  })
  return [
    `${paint.strong('offpeak')} ${version}: LLM jobs over all of your data, at batch prices, paid once`,
    '',
    'Usage  offpeak <command> [options]      offpeak <command> --help',
    '',
    sections.join('\n\n'),
    '',
    optionHelp('Options for every command', globals, paint, columns),
    '',
    paint.strong('First steps'),
    ...firstSteps.map(([line, words]) => `  ${paint.command(line.padEnd(24))}${words}`),
    '',
    'Exit codes',
    ...exitCodes.map(([code, words]) => `  ${String(code).padStart(3)}  ${words}`),
  ].join('\n')
}

const firstSteps = [
  ['offpeak init', 'writes an example that needs no key'],
  ['offpeak plan headnotes', 'shows what it would send and cost'],
  ['offpeak run headnotes', 'asks, sends, and merges the answers'],
] as const

const exitCodes = [
  [0, 'done, or nothing to do'],
  [1, 'an unexpected failure'],
  [2, 'usage, config, schema; or consent is missing where nobody can be asked'],
  [3, 'credentials'],
  [4, 'the provider refused (credit, quota, deployment)'],
  [5, 'the budget does not allow more; the run waits'],
  [6, 'finished, and some records or some money needs attention'],
  [7, 'left before the end: --wait ran out, or what is left of a cancelled run does not answer'],
  [10, 'plan --check: there is work'],
  [130, 'Ctrl-C: detached'],
  [143, 'SIGTERM: the same, and the process ends by that signal (129: SIGHUP)'],
] as const

/** The help of one command. */
export function commandHelp(
  entry: CommandEntry,
  command: Command,
  { paint, columns, globals }: HelpOptions,
): string {
  const parts = [`${capital(entry.summary)}.`, '', `Usage  offpeak ${entry.synopsis} [options]`]
  if (command.arguments.length > 0) {
    const width = Math.max(...command.arguments.map(({ syntax }) => syntax.length))
    parts.push(
      '',
      paint.strong('Arguments'),
      ...command.arguments.map(({ syntax, summary }) => pair(syntax, summary, width, columns)),
    )
  }
  if (Object.keys(command.options).length > 0)
    parts.push('', optionHelp('Options', command.options, paint, columns))
  if (command.notes.length > 0)
    parts.push('', ...command.notes.flatMap((note) => wrapWords(note, Math.min(columns, maxColumns))))
  if (command.examples.length > 0)
    parts.push('', paint.strong('Examples'), ...command.examples.map((line) => `  ${paint.command(line)}`))
  parts.push('', optionHelp('Options for every command', globals, paint, columns))
  return parts.join('\n')
}

function optionHelp(
  title: string,
  options: Readonly<Record<string, Flag<unknown>>>,
  paint: Paint,
  columns: number,
): string {
  const flags = Object.values(options).map((flag) => ({
    ...flag,
    syntax: flag.syntax.startsWith('--') ? `    ${flag.syntax}` : flag.syntax,
  }))
  const width = Math.max(...flags.map(({ syntax }) => syntax.length))
  return [
    paint.strong(title),
    ...flags.map(({ syntax, summary, repeat }) =>
      pair(syntax, repeat ? `${summary} (repeatable)` : summary, width, columns),
    ),
  ].join('\n')
}

function pair(left: string, right: string, width: number, columns: number): string {
  const indent = width + 4
  const lines = wrapWords(right, Math.max(30, Math.min(columns, maxColumns) - indent))
  return `  ${left.padEnd(width)}  ${lines.join(`\n${' '.repeat(indent)}`)}`
}
