import { resolve } from 'node:path'
import type { Command } from '../command.ts'
import { commands, findCommand } from '../commands.ts'
import type { Flag } from '../../wording/commands/flags.ts'
import { globalFlags, globalsOf, splitAtCommand } from '../globals.ts'
import type { Io } from '../io.ts'

/** A word that may come next, and what it is. */
interface Candidate {
  readonly word: string
  readonly about: string
}

/**
 * The words that may stand in the place of the last one, printed one a line with what each is behind a tab. Whatever
 * goes wrong prints nothing: a person who types must not be answered by errors. Exit 0.
 */
export async function complete(io: Io, words: readonly string[]): Promise<number> {
  try {
    const current = words.at(-1) ?? ''
    const found = await candidates(io, words.slice(0, -1), current)
    for (const { word, about } of found) if (word.startsWith(current)) io.stdout.write(`${word}\t${about}\n`)
  } catch {
    // Nothing is offered.
  }
  return 0
}

async function candidates(io: Io, before: readonly string[], current: string): Promise<readonly Candidate[]> {
  const { name, rest } = splitAtCommand(before)
  if (name === null) {
    const flag = valueWanted(before, globalFlags)
    if (flag) return (flag.choices ?? []).map(plain)
    return current.startsWith('-') ? flagsOf(globalFlags, before) : commandNames()
  }
  if (name === 'help') return commandNames()
  const entry = findCommand(name)
  if (!entry) return []
  const { command } = await entry.load()
  const options = { ...command.options, ...globalFlags }
  const flag = valueWanted(rest, options)
  if (flag) return flag.choices ? flag.choices.map(plain) : named(io, before, flag.syntax)
  if (current.startsWith('-')) return flagsOf(options, rest)
  return argumentCandidates(io, before, command, positional(rest, options))
}

function argumentCandidates(
  io: Io,
  before: readonly string[],
  command: Command,
  given: readonly string[],
): Promise<readonly Candidate[]> | readonly Candidate[] {
  const last = command.arguments.at(-1)
  const argument = command.arguments[given.length] ?? (last?.syntax.includes('...') ? last : undefined)
  if (argument === undefined) return []
  if (argument.choices) return argument.choices.map(plain)
  return named(io, before, argument.syntax).then((found) => found.filter(({ word }) => !given.includes(word)))
}

/** Jobs and runs, where a placeholder says that one is meant: `<job>`, `[run]`, `<run|job>`. */
async function named(io: Io, before: readonly string[], syntax: string): Promise<readonly Candidate[]> {
  const placeholder = /[<[]([^\]>]+)[\]>]/.exec(syntax)?.[1] ?? ''
  const kinds = placeholder.replaceAll('.', '').split('|')
  const jobs = kinds.some((kind) => /^jobs?$/.test(kind))
  const runs = kinds.some((kind) => /^runs?$/.test(kind))
  if (!jobs && !runs) return []
  const { projectNames } = await import('./project-names.ts')
  const values = globalValues(before)
  const globals = globalsOf(values, io.cwd)
  const names = await projectNames({ ...globals, cwd: resolve(io.cwd, globals.cwd) }, { runs })
  return [
    ...names.runs.map(({ id, job, state }) => ({ word: id, about: `${job}, ${state}` })),
    // A job stands for its newest run.
    ...names.jobs.map((job) => ({ word: job, about: 'job' })),
  ]
}

/** The global options that were typed, by name. */
function globalValues(words: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(globalFlags).flatMap(([name, flag]) => {
      const at = words.findLastIndex((word) => spellings(flag).includes(word))
      const value = at < 0 ? undefined : words[at + 1]
      return takesValue(flag) && value !== undefined ? [[name, value] as const] : []
    }),
  )
}

/** The option whose value the next word is; null when it is not the value of one. */
function valueWanted(
  words: readonly string[],
  options: Readonly<Record<string, Flag<unknown>>>,
): Flag<unknown> | null {
  const last = words.at(-1) ?? ''
  const flag = Object.values(options).find((each) => spellings(each).includes(last))
  return flag && takesValue(flag) ? flag : null
}

/** The words that are neither options nor their values. */
function positional(
  words: readonly string[],
  options: Readonly<Record<string, Flag<unknown>>>,
): readonly string[] {
  return words.filter(
    (word, at) => !word.startsWith('-') && valueWanted(words.slice(0, at), options) === null,
  )
}

function flagsOf(
  options: Readonly<Record<string, Flag<unknown>>>,
  given: readonly string[],
): readonly Candidate[] {
  return Object.values(options)
    .filter((flag) => flag.repeat || !spellings(flag).some((word) => given.includes(word)))
    .map((flag) => ({ word: spellings(flag).at(-1) ?? '', about: flag.summary }))
}

/** `-o, --out <file>` is spelt `-o` and `--out`. */
function spellings({ syntax }: Flag<unknown>): readonly string[] {
  return syntax.split(/[ ,]+/).filter((word) => word.startsWith('-'))
}

/** A value in brackets may be left out, so that the next word can be anything. */
function takesValue({ syntax }: Flag<unknown>): boolean {
  return syntax.includes('<')
}

function commandNames(): readonly Candidate[] {
  return commands.map(({ name, summary }) => ({ word: name, about: summary }))
}

function plain(word: string): Candidate {
  return { word, about: '' }
}
