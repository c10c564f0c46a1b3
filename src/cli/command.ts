import type { ConfigOptions } from '../config/config.ts'
import type { Project } from '../compose/project.ts'
import type { StateTrouble } from '../ports/state-trouble.ts'
import type { Flag } from '../wording/commands/flags.ts'
import type { Io } from './io.ts'
import type { Paint } from './screen/paint.ts'

/** The options that every command takes. */
export interface Globals {
  readonly configFile: string | null
  readonly envFile: string | null
  readonly cwd: string
  /** The emulator answers, and what is looked at is what it has answered. */
  readonly emulator: boolean
  readonly json: boolean
  readonly color: boolean
  /** False: never ask, although there is a terminal. */
  readonly input: boolean
  readonly quiet: boolean
  readonly verbose: boolean
  readonly logFormat: 'pretty' | 'json'
}

/** The context of a command. Data goes through `print` and `printJson`, words through `say` and `next`. */
export interface CommandContext {
  readonly io: Io
  readonly globals: Globals
  /** What people type for the next command here: `offpeak`, or `npx offpeak`. */
  readonly launcher: string
  /** Words of ours with each command in them as it is typed here; `show`, `say` and `next` do it by themselves. */
  readonly typed: (words: string) => string
  readonly version: string
  /** Colours for stdout. */
  readonly paint: Paint
  /** Colours for stderr. */
  readonly paintWords: Paint
  /** Whether a person can be asked: a terminal on stdin and stderr, and neither `--no-input` nor `--json`. */
  readonly mayAsk: boolean
  /**
   * Opens the project, once; `main` closes it after the command. A choice of emulator replaces that of the config. A
   * state that is away or full is waited for, then and at each call, for as long as `timings.awayMs` says.
   */
  readonly open: (emulator?: ConfigOptions['emulator']) => Promise<Project>
  /**
   * The same, for what goes on for ever: waits for a state that cannot be reached, and says so, until the signal. A call
   * of an opened one fails at once: drivers wait, and clients of a server are told.
   */
  readonly openPatiently: (signal: AbortSignal, emulator?: ConfigOptions['emulator']) => Promise<Project>
  /** A line (or lines) of data on stdout. */
  readonly print: (text: string) => void
  /** Words of ours on stdout, with each command in them as it is typed here. */
  readonly show: (words: string) => void
  /** One JSON object in one line on stdout; it carries its `schema`. */
  // Generic, so that a literal may have more than `schema`.
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters
  readonly printJson: <Value extends { readonly schema: string }>(value: Value) => void
  /** Words on stderr; `--quiet` drops them. */
  readonly say: (text: string) => void
  /** The commands that make sense now: `next('Run it', 'offpeak run notes')`. */
  readonly next: (label: string, command: string) => void
  /**
   * Takes over Ctrl-C: the first aborts the signal (and calls back), the second ends the process at once. Commands
   * that do not ask for it simply end.
   */
  readonly interruptible: (onFirst?: () => void) => AbortSignal
  /** Hands what is known of a state that is away or locked to this listener, in place of saying it, until disposed. */
  readonly onTrouble: (listener: (trouble: StateTrouble | null) => void) => Disposable
}

export interface Argument {
  /** `<job>` must be given, `[run]` may be, `<jobs...>` are one or several. */
  readonly syntax: string
  readonly summary: string
  /** The only words that it may be, when they are few. */
  readonly choices?: readonly string[]
}

export type Group = 'Start' | 'Run' | 'Look' | 'Provider' | 'Step by step' | 'Project'

export const groups: readonly Group[] = ['Start', 'Run', 'Look', 'Provider', 'Step by step', 'Project']

/** One command: `run` returns the exit code; whatever it throws is printed by `main`. */
export interface Command {
  readonly name: string
  readonly summary: string
  readonly group: Group
  readonly arguments: readonly Argument[]
  readonly options: Readonly<Record<string, Flag<unknown>>>
  readonly examples: readonly string[]
  /** Further lines of help: exit codes, what it costs, what happens next. */
  readonly notes: readonly string[]
  readonly run: (
    context: CommandContext,
    args: readonly (string | undefined)[],
    options: Readonly<Record<string, unknown>>,
  ) => Promise<number>
}

type Values<Options> = {
  readonly [Name in keyof Options]: Options[Name] extends Flag<infer Value> ? Value : never
}

/** A command by its definition; the type of the options that `run` gets follows from the flags. */
export function command<const Options extends Readonly<Record<string, Flag<unknown>>>>(definition: {
  readonly name: string
  readonly summary: string
  readonly group: Group
  readonly arguments?: readonly Argument[]
  readonly options: Options
  readonly examples: readonly string[]
  readonly notes?: readonly string[]
  readonly run: (
    context: CommandContext,
    args: readonly (string | undefined)[],
    options: Values<Options>,
  ) => Promise<number>
}): Command {
  const { run } = definition
  return {
    arguments: [],
    notes: [],
    ...definition,
    // `main` fills every option by the flag of the same name, so the values have these types.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    run: (context, args, options) => run(context, args, options as Values<Options>),
  }
}
