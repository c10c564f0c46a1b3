import { OffpeakError } from '../domain/errors.ts'
import type { ModelAccount } from '../ports/model-account.ts'

/** One of several accounts of OpenAI: a key of another organization or project, or of another region. */
export interface OpenaiAccount {
  /** As lists and quotas name it; made of the names below when left out. */
  readonly name?: string
  /** The environment variable that holds its key. */
  readonly apiKeyEnv: string
  /** The variable that holds its address; `OPENAI_BASE_URL` when left out. */
  readonly baseUrlEnv?: string
  readonly organizationEnv?: string
  readonly projectEnv?: string
}

/** One of several resources of Azure OpenAI, in whatever regions: each has a deployment of the name that the job gives. */
export interface AzureAccount {
  /** As lists and quotas name it; made of the names below when left out. */
  readonly name?: string
  /** The environment variable that holds its endpoint; `AZURE_OPENAI_ENDPOINT` when left out. */
  readonly endpointEnv?: string
  /** The variable that holds its key; `AZURE_OPENAI_API_KEY` when left out. */
  readonly apiKeyEnv?: string
}

/** One of several servers of a service of OpenAI's shape, or of several keys for one. */
export interface CompatibleAccount {
  /** As lists and quotas name it; made of what stands below when left out. */
  readonly name?: string
  /** That of the service when left out. */
  readonly baseUrl?: string
  /** The environment variable that holds its key; that of the service when left out. */
  readonly apiKeyEnv?: string
}

/** Throws E_JOB_INVALID for a list that names nobody, somebody twice, or what no account of its own can have. */
export function openaiAccounts(given: readonly OpenaiAccount[]): readonly ModelAccount[] {
  const known = ['name', 'apiKeyEnv', 'baseUrlEnv', 'organizationEnv', 'projectEnv']
  return named(given, known, 'openai()', ({ apiKeyEnv, baseUrlEnv, organizationEnv, projectEnv }) => {
    const isOther = apiKeyEnv !== 'OPENAI_API_KEY'
    const payer = (own: string | undefined, ...names: readonly string[]): Names => {
      // Another key need not belong to the organization or the project of the environment.
      if (own === undefined) return isOther ? Object.fromEntries(names.map((name) => [name, null])) : {}
      return Object.fromEntries(names.map((name, at) => [name, at === 0 ? own : null]))
    }
    return {
      env: {
        ...(isOther && { OPENAI_API_KEY: apiKeyEnv }),
        ...(baseUrlEnv !== undefined && baseUrlEnv !== 'OPENAI_BASE_URL' && { OPENAI_BASE_URL: baseUrlEnv }),
        ...payer(organizationEnv, 'OPENAI_ORG_ID', 'OPENAI_ORGANIZATION'),
        ...payer(projectEnv, 'OPENAI_PROJECT_ID'),
      },
    }
  })
}

/** Throws E_JOB_INVALID like `openaiAccounts`. */
export function azureAccounts(given: readonly AzureAccount[]): readonly ModelAccount[] {
  return named(given, ['name', 'endpointEnv', 'apiKeyEnv'], 'azure()', ({ endpointEnv, apiKeyEnv }) => ({
    env: {
      ...(endpointEnv !== undefined &&
        endpointEnv !== 'AZURE_OPENAI_ENDPOINT' && { AZURE_OPENAI_ENDPOINT: endpointEnv }),
      ...(apiKeyEnv !== undefined &&
        apiKeyEnv !== 'AZURE_OPENAI_API_KEY' && { AZURE_OPENAI_API_KEY: apiKeyEnv, OPENAI_API_KEY: null }),
    },
  }))
}

/** Throws E_JOB_INVALID like `openaiAccounts`. */
export function compatibleAccounts(
  given: readonly CompatibleAccount[],
  service: Omit<CompatibleAccount, 'name'>,
): readonly ModelAccount[] {
  const known = ['name', 'baseUrl', 'apiKeyEnv']
  return named(given, known, 'openaiCompatible()', ({ baseUrl, apiKeyEnv }) => ({
    env: {},
    ...(baseUrl !== undefined && baseUrl !== service.baseUrl && { baseUrl }),
    ...(apiKeyEnv !== undefined && apiKeyEnv !== service.apiKeyEnv && { apiKeyEnv }),
  }))
}

type Names = Readonly<Record<string, string | null>>

function named<Given extends { readonly name?: string }>(
  given: readonly Given[],
  known: readonly string[],
  where: string,
  own: (account: Given) => Omit<ModelAccount, 'name'>,
): readonly ModelAccount[] {
  if (!Array.isArray(given) || given.length === 0)
    throw invalid(where, '`accounts` names none', 'name them as a list, or leave it out')
  const accounts = given.map((account, at) => {
    const parts = Object.entries(account).filter(([, value]) => value !== undefined)
    for (const [part, value] of parts)
      if (!known.includes(part) || typeof value !== 'string' || value.trim() === '')
        throw invalid(`${where}, accounts[${at}]`, ...problemOf(part, known))
    const name = account.name ?? parts.map(([, value]) => String(value)).join(' ')
    return { name: name === '' ? 'default' : name, ...own(account) }
  })
  const twice = accounts.find(({ name }, at) => accounts.findIndex((other) => other.name === name) !== at)
  if (twice) throw invalid(where, `two accounts are called ${twice.name}`, 'give each a `name` of its own')
  return Object.freeze(accounts)
}

function problemOf(part: string, known: readonly string[]): readonly [string, string] {
  if (known.includes(part))
    return [`\`${part}\` is no text, or empty`, 'name the environment variable that holds it']
  if (part === 'deployment' || part === 'model')
    return [
      `an account has no \`${part}\` of its own: files are written before it is known which of them takes them`,
      'give the deployments one name in all of them, and name it once, for the model',
    ]
  return [`an account has no \`${part}\``, `it has ${known.join(', ')}`]
}

function invalid(where: string, what: string, fix: string): OffpeakError {
  return new OffpeakError('E_JOB_INVALID', what, { where, fix })
}
