import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { OffpeakError } from '../domain/errors.ts'
import type { ConfigOptions } from '../config/config.ts'
import type { Project } from '../compose/project.ts'
import { typedCommands } from '../wording/typed-commands.ts'
import { databaseFault, maySucceedLater } from '../planning/addresses/database-fault.ts'
import type { StatePatience } from '../compose/open-workspace.ts'
import { diskFault } from '../domain/disk-fault.ts'
import type { StateTrouble } from '../ports/state-trouble.ts'
import { shellWord } from '../wording/shell-word.ts'
import type { CommandContext, Globals } from './command.ts'
import { givenModules } from './given-modules.ts'
import { globalFlags } from './globals.ts'
import type { Io } from './io.ts'
import { paintFor } from './screen/paint.ts'
import { formatUtc } from './screen/format.ts'
import { simulatedBand } from './screen/simulated.ts'
import { overWords, troubleWords } from './screen/trouble.ts'
import { openProject } from '../compose/open-project.ts'
import { fitLines } from './screen/wrap.ts'

/** Pause between two tries to open a state that is away, in milliseconds. */
const openAgainMs = 1_000

/** A context that is to be closed after its command. */
export interface OpenContext extends CommandContext, AsyncDisposable {}

/** The context of a command, which opens the project when it is first asked for. */
export function makeContext(io: Io, globals: Globals, version: string): OpenContext {
  let opened: Promise<Project> | null = null
  let release = (): void => undefined
  let isTyped = globals.emulator
  const launcher = io.launcher ?? 'offpeak'
  const typed = (words: string): string =>
    typedCommands(words, launcher, projectOptions({ ...globals, emulator: isTyped }, io.cwd))
  const say = (words: string): void => {
    if (globals.quiet) return
    const text = typed(words)
    io.stderr.write(
      globals.logFormat === 'json'
        ? `${JSON.stringify({ at: formatUtc(io.now()), level: 'info', message: text.trim() })}\n`
        : `${io.stderr.isTty ? fitLines(text, io.stderr.columns()) : text}\n`,
    )
  }
  const paintWords = paintFor(io.stderr.color && globals.color && globals.logFormat === 'pretty', typed)
  let told: StateTrouble | null = null
  const sayTrouble = (trouble: StateTrouble | null): void => {
    const words = trouble !== null ? troubleWords(trouble) : told === null ? null : overWords(told, io.now())
    told = trouble
    if (words !== null) say(paintWords.warn(`  ! ${words}`))
  }
  let tellTrouble = sayTrouble
  // Nobody waits for a state after Ctrl-C.
  const letGo = new AbortController()
  const openTelling = async (emulator: ConfigOptions['emulator'], waits: boolean): Promise<Project> => {
    const project = await openHere(io, globals, emulator ?? (globals.emulator ? true : undefined), {
      waits,
      signal: letGo.signal,
      onTrouble: (trouble) => tellTrouble(trouble),
    })
    isTyped = project.config.isEmulatorTyped
    if (project.isSimulated) say(`  ${paintWords.warn(simulatedBand)}`)
    return project
  }
  const open: CommandContext['open'] = (emulator) => (opened ??= openTelling(emulator, true))
  const openPatiently: CommandContext['openPatiently'] = (signal, emulator) => {
    const once = (): Promise<Project> =>
      (opened ??= openTelling(emulator, false)).catch((thrown: unknown) => {
        opened = null
        throw thrown
      })
    return openAgain(
      once,
      (words) => say(paintWords.warn(`  ! ${words}`)),
      () => io.now(),
      signal,
    )
  }
  return {
    io,
    globals,
    launcher,
    typed,
    version,
    paint: paintFor(io.stdout.color && globals.color, typed),
    paintWords,
    mayAsk: io.stdinIsTty && io.stderr.isTty && globals.input && !globals.json,
    open,
    openPatiently,
    print: (text) => io.stdout.write(`${text}\n`),
    show: (words) => io.stdout.write(`${typed(words)}\n`),
    printJson: (value) => io.stdout.write(`${JSON.stringify(value)}\n`),
    say,
    next: (label, command) => say(`  ${label.padEnd(8)}  ${paintWords.command(command)}`),
    interruptible(onFirst) {
      const controller = new AbortController()
      release()
      release = io.onInterrupt(() => {
        if (controller.signal.aborted) return io.leave(130)
        controller.abort()
        letGo.abort()
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

/** Opens a state that is away or full again and again, says once that it does, and once that it is over. */
async function openAgain(
  once: () => Promise<Project>,
  warn: (words: string) => void,
  now: () => number,
  signal: AbortSignal,
): Promise<Project> {
  const begun = now()
  let isTold = false
  for (;;) {
    try {
      const project = await once()
      if (isTold) warn(overWords({ kind: 'away', since: begun, words: '' }, now()))
      return project
    } catch (thrown) {
      const isFull = diskFault(thrown) === 'full'
      // A wrong password is no fault that passes.
      const mayPass = isFull || databaseFault(Reflect.get(Object(thrown), 'cause')) !== null
      if (signal.aborted || !mayPass || !maySucceedLater(thrown)) throw thrown
      const kind = isFull ? 'full' : 'away'
      if (!isTold) warn(troubleWords({ kind, since: begun, words: wordsOf(thrown) }))
      isTold = true
    }
    await sleep(openAgainMs, undefined, { signal }).catch(() => undefined)
  }
}

/** Where a full disk is, its words do not say. */
function wordsOf({ code, message, where }: OffpeakError): string {
  return code === 'E_DISK' && where !== null ? `${message} (${dirname(where)})` : message
}

async function openHere(
  io: Io,
  globals: Globals,
  emulator: ConfigOptions['emulator'],
  patience: StatePatience,
): Promise<Project> {
  const modules = await givenModules()
  const cwd = resolve(io.cwd, globals.cwd)
  if (!existsSync(cwd))
    throw new OffpeakError('E_USAGE', 'the directory of --cwd is not there', { where: cwd })
  return openProject(
    {
      cwd,
      configFile: globals.configFile,
      envFile: globals.envFile,
      ownsProcess: true,
      ...(emulator === undefined ? {} : { emulator }),
      modules,
    },
    patience,
  )
}

/**
 * The options that say which project a command is for: who looks at what the emulator has done goes on with that.
 */
export function projectOptions(
  { configFile, envFile, cwd, emulator }: Pick<Globals, 'configFile' | 'envFile' | 'cwd' | 'emulator'>,
  here: string,
): string {
  const given = [
    ...globalFlags.configFile.typed(configFile),
    ...globalFlags.envFile.typed(envFile),
    ...globalFlags.cwd.typed(cwd === here ? null : cwd),
    ...globalFlags.emulator.typed(emulator),
  ]
  return given.map(shellWord).join(' ')
}
