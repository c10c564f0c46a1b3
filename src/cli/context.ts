import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { OffpeakError } from '../domain/errors.ts'
import type { ConfigOptions } from '../config/config.ts'
import type { Offpeak } from '../offpeak.ts'
import type { StateTrouble } from '../ports/state-trouble.ts'
import { shellWord } from '../domain/shell-word.ts'
import type { CommandContext, Globals } from './command.ts'
import { globalFlags } from './globals.ts'
import type { Io } from './io.ts'
import { paintFor } from './screen/paint.ts'
import { formatUtc } from './screen/format.ts'
import { overWords, troubleWords } from './screen/trouble.ts'
import { fitLines } from './screen/wrap.ts'

/** A context that is to be closed after its command. */
export interface OpenContext extends CommandContext, AsyncDisposable {}

export function makeContext(io: Io, globals: Globals, version: string): OpenContext {
  let opened: Promise<Offpeak> | null = null
  let release = (): void => undefined
  const say = (text: string): void => {
    if (globals.quiet) return
    io.stderr.write(
      globals.logFormat === 'json'
        ? `${JSON.stringify({ at: formatUtc(io.now()), level: 'info', message: text.trim() })}\n`
        : `${io.stderr.isTty ? fitLines(text, io.stderr.columns()) : text}\n`,
    )
  }
  const paintWords = paintFor(io.stderr.color && globals.color && globals.logFormat === 'pretty')
  let told: StateTrouble | null = null
  const sayTrouble = (trouble: StateTrouble | null): void => {
    const words = trouble !== null ? troubleWords(trouble) : told === null ? null : overWords(told, io.now())
    told = trouble
    if (words !== null) say(paintWords.warn(`  ! ${words}`))
  }
  let tellTrouble = sayTrouble
  const openTelling: CommandContext['open'] = async (emulator) => {
    const project = await openProject(io, globals, emulator)
    project.store.watch.onTrouble((trouble) => tellTrouble(trouble))
    return project
  }
  return {
    io,
    globals,
    program: 'offpeak',
    version,
    paint: paintFor(io.stdout.color && globals.color),
    paintWords,
    mayAsk: io.stdinIsTty && io.stderr.isTty && globals.input && !globals.json,
    open: (emulator) => (opened ??= openTelling(emulator)),
    print: (text) => io.stdout.write(`${text}\n`),
    printJson: (value) => io.stdout.write(`${JSON.stringify(value)}\n`),
    say,
    next: (label, command) =>
      say(`  ${label.padEnd(8)}  ${paintWords.command(withGlobals(command, globals, io.cwd))}`),
    interruptible(onFirst) {
      const controller = new AbortController()
      release()
      release = io.onInterrupt(() => {
        if (controller.signal.aborted) return io.leave(130)
        controller.abort()
        onFirst?.()
      })
      return controller.signal
    },
    onTrouble(listener) {
      tellTrouble = listener
      return { [Symbol.dispose]: () => void (tellTrouble = sayTrouble) }
    },
    async [Symbol.asyncDispose]() {
      release()
      const project = await opened?.catch(() => null)
      await project?.[Symbol.asyncDispose]()
    },
  }
}

async function openProject(io: Io, globals: Globals, emulator: ConfigOptions['emulator']): Promise<Offpeak> {
  // What job files import as `offpeak` is this very copy.
  const [offpeak, postgres] = await Promise.all([import('../index.ts'), import('../postgres.ts')])
  const cwd = resolve(io.cwd, globals.cwd)
  if (!existsSync(cwd))
    throw new OffpeakError('E_USAGE', 'the directory of --cwd is not there', { where: cwd })
  return offpeak.openOffpeak({
    cwd,
    configFile: globals.configFile,
    envFile: globals.envFile,
    ...(emulator === undefined ? {} : { emulator }),
    modules: { offpeak, 'offpeak/postgres': postgres },
  })
}

/** A command of ours for the same project: with the options that say which one that is. */
function withGlobals(command: string, { configFile, envFile, cwd }: Globals, here: string): string {
  if (!/^(npx )?offpeak /.test(command)) return command
  const given = [
    ...globalFlags.configFile.typed(configFile),
    ...globalFlags.envFile.typed(envFile),
    ...globalFlags.cwd.typed(cwd === here ? null : cwd),
  ]
  return [command, ...given.map(shellWord)].join(' ')
}
