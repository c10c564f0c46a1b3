import { readFile } from 'node:fs/promises'
import { setImmediate } from 'node:timers/promises'
import { nearNames } from '../planning/text/near-names.ts'
import { messageOf, OffpeakError } from '../domain/errors.ts'
import { type CommandEntry, commands, findCommand } from './commands.ts'
import { makeContext, projectOptions } from './context.ts'
import { printFailure } from './screen/failure.ts'
import { completeWord } from './commands/completion-scripts.ts'
import { globalFlags, globalsOf, splitAtCommand } from './globals.ts'
import { optionMeant } from './option-meant.ts'
import { commandHelp, rootHelp } from './screen/help.ts'
import { exitBySignal, type Io, processIo } from './io.ts'
import { paintFor } from './screen/paint.ts'

/** One call of the CLI: the words after the program's name in, the exit code out. Never throws. */
export async function main(argv: readonly string[], io: Io = processIo()): Promise<number> {
  const exit = exitBySignal(await answer(argv, io), io.signal?.() ?? null)
  if (!io.stdout.failure) return exit
  // Node tells what became of a write a turn later.
  await setImmediate()
  const failure = io.stdout.failure()
  if (failure === null) return exit
  const told = new OffpeakError('E_DISK', `the output cannot be written: ${messageOf(failure)}`, {
    fix: 'write it elsewhere, or make room, and ask again; the work itself is in the state',
    money: 'unknown',
  })
  return printFailure(io, told, { json: false, color: false, verbose: false, money: null })
}

async function answer(argv: readonly string[], io: Io): Promise<number> {
  const asked = new Set(argv)
  try {
    if (argv[0] === completeWord)
      return await (await import('./commands/complete.ts')).complete(io, argv.slice(1))
    const { name, rest } = splitAtCommand(argv)
    if (name === null || name === 'help')
      return await root(io, name === 'help' ? (rest[0] ?? null) : null, rest)
    const entry = findCommand(name)
    if (!entry) throw unknownCommand(name)
    if (asked.has('--help') || asked.has('-h')) return await printHelp(io, entry, asked.has('--no-color'))
    return await call(io, entry, rest)
  } catch (thrown) {
    return printFailure(io, thrown, {
      json: asked.has('--json'),
      color: !asked.has('--no-color'),
      verbose: asked.has('-v') || asked.has('--verbose'),
      money: null,
    })
  }
}

async function call(io: Io, entry: CommandEntry, words: readonly string[]): Promise<number> {
  const [{ command }, { parseArguments }] = await Promise.all([entry.load(), import('./parse.ts')])
  const parsed = parseArguments(
    {
      called: `offpeak ${entry.name}`,
      arguments: command.arguments,
      options: { ...globalFlags, ...command.options },
    },
    words,
  )
  const globals = globalsOf(parsed.values, io.cwd)
  await using context = makeContext(io, globals, await version())
  try {
    return await command.run(context, parsed.args, parsed.values)
  } catch (thrown) {
    return printFailure(io, thrown, { ...globals, money: null, options: projectOptions(globals, io.cwd) })
  }
}

async function root(io: Io, about: string | null, rest: readonly string[]): Promise<number> {
  const unknown = rest.find(
    (word) =>
      word.startsWith('-') &&
      !Object.values(globalFlags).some(({ syntax }) =>
        syntax.split(/[ ,]+/).includes(word.split('=', 1)[0] ?? word),
      ),
  )
  if (unknown !== undefined) {
    const meant = optionMeant(unknown, Object.values(globalFlags))
    throw new OffpeakError('E_USAGE', `unknown option ${unknown}`, {
      fix: `${meant === null ? '' : `did you mean ${meant}? `}options come after a command: offpeak --help`,
    })
  }
  if (rest.includes('--version') || rest.includes('-V')) {
    io.stdout.write(`${await version()}\n`)
    return 0
  }
  if (about === null) {
    io.stdout.write(`${rootHelp(commands, await version(), helpOptions(io, rest.includes('--no-color')))}\n`)
    return 0
  }
  const entry = findCommand(about)
  if (!entry) throw unknownCommand(about)
  return printHelp(io, entry, rest.includes('--no-color'))
}

async function printHelp(io: Io, entry: CommandEntry, plain: boolean): Promise<number> {
  const { command } = await entry.load()
  io.stdout.write(`${commandHelp(entry, command, helpOptions(io, plain))}\n`)
  return 0
}

function helpOptions(io: Io, plain: boolean): Parameters<typeof commandHelp>[2] {
  return { paint: paintFor(io.stdout.color && !plain), columns: io.stdout.columns(), globals: globalFlags }
}

function unknownCommand(name: string): OffpeakError {
  const [near] = nearNames(
    name,
    commands.flatMap(({ name, aliases }) => [name, ...aliases]),
  )
  return new OffpeakError('E_USAGE', `there is no command ${name}`, {
    fix: near === undefined ? 'offpeak --help lists them' : `did you mean offpeak ${near}?`,
  })
}

async function version(): Promise<string> {
  const text = await readFile(new URL('../../package.json', import.meta.url), 'utf8')
  return String(Reflect.get(Object(JSON.parse(text)), 'version'))
}

/** The entry point of the bin. */
export async function runFromShell(): Promise<void> {
  process.exitCode = await main(process.argv.slice(2))
}
