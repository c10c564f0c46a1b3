import type { Globals } from './command.ts'
import { choiceFlag, textFlag, yesFlag } from '../wording/commands/flags.ts'

/** The options that every command takes, before or after its name. */
export const globalFlags = {
  configFile: textFlag('--config <file>', 'config file (else the nearest offpeak.config.ts)'),
  envFile: textFlag('--env-file <file>', 'environment file (else .env.local and .env)'),
  cwd: textFlag('--cwd <dir>', 'work as if called in this directory'),
  emulator: yesFlag(
    '--emulator',
    'the built-in emulator answers, whatever keys there are; look at what it has answered',
  ),
  json: yesFlag('--json', 'JSON on stdout, one object (run, resume, worker: a line per event)'),
  noColor: yesFlag('--no-color', 'no colours (also NO_COLOR)'),
  noInput: yesFlag('--no-input', 'never ask'),
  quiet: yesFlag('-q, --quiet', 'only data and errors'),
  verbose: yesFlag('-v, --verbose', 'more words, and the stack of an error'),
  logFormat: choiceFlag('--log-format <format>', 'words as pretty or json', ['pretty', 'json']),
  help: yesFlag('-h, --help', 'show help'),
  version: yesFlag('-V, --version', 'show the version'),
} as const

const withValue = new Set(['--config', '--env-file', '--cwd', '--log-format'])

/** The words of a call, split at the command's name; null when there is none. */
export function splitAtCommand(words: readonly string[]): {
  readonly name: string | null
  readonly rest: readonly string[]
} {
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? ''
    if (!word.startsWith('-') || word === '-')
      return { name: word, rest: [...words.slice(0, at), ...words.slice(at + 1)] }
    if (word === '--') break
    if (withValue.has(word)) at++
  }
  return { name: null, rest: words }
}

/** The values of the global flags as one object. */
export function globalsOf(values: Readonly<Record<string, unknown>>, cwd: string): Globals {
  const text = (name: keyof typeof globalFlags): string | null =>
    typeof values[name] === 'string' ? values[name] : null
  return {
    configFile: text('configFile'),
    envFile: text('envFile'),
    cwd: text('cwd') ?? cwd,
    emulator: values['emulator'] === true,
    json: values['json'] === true,
    color: values['noColor'] !== true,
    input: values['noInput'] !== true,
    quiet: values['quiet'] === true,
    verbose: values['verbose'] === true,
    logFormat: text('logFormat') === 'json' ? 'json' : 'pretty',
  }
}
