import { relative } from 'node:path'
import { OffpeakError } from '../domain/errors.ts'
import { ownValue } from '../domain/own-value.ts'
import { type EnvFiles, readEnvFiles } from './env-files.ts'

/** The environment as Offpeak understands it: values by purpose, with the name that gave each. */
export interface Environment {
  /** The files that were read, nearest first. What a provider needs is asked for by name, with `get`. */
  readonly files: readonly string[]
  /** Where a name was looked for, in words for people. */
  readonly lookedIn: string
  /** Signs what OpenAI posts when a batch ends. */
  readonly openaiWebhookSecret: Named | null
  /** A key of the server by value. */
  readonly apiKey: Named | null
  readonly databaseUrl: Named | null
  readonly state: Named | null
  /** The ways out of this network; the names in lower case win, as in curl. */
  readonly httpsProxy: Named | null
  readonly httpProxy: Named | null
  readonly noProxy: Named | null
  /** A file of certificates that are trusted besides the usual ones. */
  readonly extraCaCerts: Named | null
  /** Whether Node has that file already: it reads the name only when it starts, and never from a `.env`. */
  readonly nodeHasExtraCa: boolean
  readonly color: boolean | null
  readonly ci: boolean
  readonly stepSummary: string | null
  /** Where the crash harness ends this process: `<point>:<hit>`; set by tests only. */
  readonly crashAt: string | null
  /** All names that are set, to find those that are nearly right. */
  readonly names: () => readonly string[]
  readonly get: (name: string) => string | null
}

export interface Named {
  readonly name: string
  readonly value: string
}

/** As this process began, before any file was read into it. */
const extraCaAtStart = process.env['NODE_EXTRA_CA_CERTS']

/**
 * The variables that the shell has set, and below them those of the project's own files (`readEnvFiles`). Two projects
 * of one process have each their own: nothing is written to `process.env`, unless `ownsProcess` says that this process
 * runs this one project, as the CLI does, whose job files read `process.env` themselves. Throws E_ENV.
 */
export function readEnvironment(
  dir: string,
  envFile: string | null,
  ownsProcess: boolean,
  env: Record<string, string | undefined> = process.env,
): Environment {
  const { files, dirs, values } = readEnvFiles(dir, envFile)
  if (ownsProcess) adopt(env, values)
  const get = (name: string): string | null => {
    // The environment is an object too, and answers to `constructor`.
    const value = (ownValue(env, name) ?? ownValue(values, name))?.trim()
    return value === undefined || value === '' ? null : value
  }
  const first = (...names: readonly string[]): Named | null => {
    for (const name of names) {
      const value = get(name)
      if (value !== null) return { name, value }
    }
    return null
  }
  return {
    files,
    lookedIn: lookedInWords(dir, files, dirs),
    openaiWebhookSecret: first('OPENAI_WEBHOOK_SECRET'),
    apiKey: first('OFFPEAK_API_KEY'),
    databaseUrl: first('DATABASE_URL', 'SUPABASE_DB_URL', 'NEON_DATABASE_URL'),
    state: first('OFFPEAK_STATE'),
    httpsProxy: first('https_proxy', 'HTTPS_PROXY'),
    httpProxy: first('http_proxy', 'HTTP_PROXY'),
    noProxy: first('no_proxy', 'NO_PROXY'),
    extraCaCerts: first('NODE_EXTRA_CA_CERTS'),
    nodeHasExtraCa: extraCaAtStart !== undefined && extraCaAtStart !== '',
    color: get('NO_COLOR') !== null ? false : get('FORCE_COLOR') !== null ? true : null,
    ci: get('CI') !== null,
    stepSummary: get('GITHUB_STEP_SUMMARY'),
    crashAt: get('OFFPEAK_CRASH'),
    names: () =>
      [...new Set([...Object.keys(env), ...Object.keys(values)])].filter((name) => get(name) !== null),
    get,
  }
}

/** What a shell would have done before it began this process: names that are set already keep their values. */
function adopt(env: Record<string, string | undefined>, values: EnvFiles['values']): void {
  for (const [name, value] of Object.entries(values)) env[name] ??= value
}

function lookedInWords(dir: string, files: readonly string[], dirs: readonly string[]): string {
  if (files.length > 0) return ['the environment', ...files.map((file) => relative(dir, file))].join(', ')
  const top = dirs.at(-1) ?? dir
  const upTo = top === dir ? '' : `, nor in those above it up to ${top}`
  return `the environment; there is no .env in ${dir}${upTo}`
}

/**
 * A value of the environment by its name, for config and job files: the shell's, else that of the project's own `.env`
 * files, also where several projects are open in one process. Throws E_ENV when it is not set and there is no `otherwise`.
 * Elsewhere it reads `process.env`.
 */
export function env(name: string, otherwise?: string): string {
  const { env: values } = process
  const get = (asked: string): string | null => ownValue(values, asked)?.trim() || null
  return envOf({ get, lookedIn: 'the environment' })(name, otherwise)
}

/** `env` for the files of a project. */
export function envOf({ get, lookedIn }: Pick<Environment, 'get' | 'lookedIn'>): typeof env {
  return (name, otherwise) => {
    const value = get(name) ?? otherwise
    if (value !== undefined) return value
    throw new OffpeakError('E_ENV', `${name} is not set`, {
      where: `looked for in ${lookedIn}`,
      fix: `put ${name}=… into .env`,
    })
  }
}
