import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { OffpeakError, messageOf } from '../domain/errors.ts'
import { ownValue } from '../domain/own-value.ts'

/** The environment as Offpeak understands it: values by purpose, with the name that gave each. */
export interface Environment {
  /** The files that were read, nearest first. */
  readonly files: readonly string[]
  readonly openaiApiKey: Named | null
  readonly openaiBaseUrl: Named | null
  /** Who pays, for a key that belongs to several organisations or projects. */
  readonly openaiOrganization: Named | null
  readonly openaiProject: Named | null
  readonly azureEndpoint: Named | null
  readonly azureApiKey: Named | null
  readonly azureApiVersion: Named | null
  readonly azureDeployment: Named | null
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

/** The environment files of a project, nearest first, whether or not they are there. */
export function environmentFiles(dir: string, envFile: string | null): readonly string[] {
  return envFile === null ? ['.env.local', '.env'].map((name) => join(dir, name)) : [envFile]
}

/**
 * Reads `.env.local` and `.env` (or the one file that is named) beside the config; what the shell has set wins.
 * Throws E_ENV when a named file is not there or unreadable.
 */
export function readEnvironment(dir: string, envFile: string | null): Environment {
  const wanted = environmentFiles(dir, envFile).filter((path) => envFile !== null || existsSync(path))
  for (const path of wanted) {
    try {
      process.loadEnvFile(path)
    } catch (thrown) {
      throw new OffpeakError('E_ENV', `the environment file cannot be read: ${messageOf(thrown)}`, {
        where: path,
        fix: 'check the path given to --env-file',
        cause: thrown,
      })
    }
  }
  const { env } = process
  const get = (name: string): string | null => {
    // The environment is an object too, and answers to `constructor`.
    const value = ownValue(env, name)?.trim()
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
    files: wanted,
    openaiApiKey: first('OPENAI_API_KEY'),
    openaiBaseUrl: first('OPENAI_BASE_URL'),
    openaiOrganization: first('OPENAI_ORG_ID', 'OPENAI_ORGANIZATION'),
    openaiProject: first('OPENAI_PROJECT_ID'),
    azureEndpoint: first('AZURE_OPENAI_ENDPOINT'),
    // Many scripts keep the key of Azure under the other name; without an endpoint it is surely OpenAI's own.
    azureApiKey: first(
      'AZURE_OPENAI_API_KEY',
      ...(get('AZURE_OPENAI_ENDPOINT') === null ? [] : ['OPENAI_API_KEY']),
    ),
    azureApiVersion: first('AZURE_OPENAI_API_VERSION', 'OPENAI_API_VERSION'),
    azureDeployment: first(
      'AZURE_OPENAI_DEPLOYMENT',
      'AZURE_OPENAI_DEPLOYMENT_NAME',
      'AZURE_OPENAI_GPT4O_MINI_BATCH_DEPLOYMENT',
    ),
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
    names: () => Object.keys(env).filter((name) => get(name) !== null),
    get,
  }
}
