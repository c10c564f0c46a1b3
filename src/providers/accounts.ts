import { OffpeakError } from '../domain/errors.ts'
import type { ModelAccount } from '../ports/model-account.ts'

/** One of several accounts of a service, as a job file writes it: `name` is for people, the rest is the service's affair. */
export interface GivenAccount {
  /** As lists and quotas name it; made of what else stands here when left out. */
  readonly name?: string
}

/** One of several keys of a service, each with a quota of its own. */
export interface KeyAccount extends GivenAccount {
  /** The environment variable that holds its key. */
  readonly apiKeyEnv: string
  /** The variable that holds its address; that of the service when left out. */
  readonly baseUrlEnv?: string
}

/** Source of a part of an account: a variable of the environment or a value of the model. */
export type AccountPart =
  | {
      /** It names the variable that is read in the place of this one. */
      readonly env: string
      /** What is not read beside another one: it would belong to somebody else. */
      readonly unread?: readonly string[]
    }
  /** It is a value in the place of the model's own. */
  | { readonly value: 'baseUrl' | 'apiKeyEnv' }
  | { readonly value: 'option'; readonly option: string }

/** The parts that an account of a service may have beside its name. A part comes before those that it leaves unread. */
export type AccountParts = Readonly<Record<string, AccountPart>>

/** The parts of an account of one key. */
export function keyParts(apiKey: string, baseUrl: string, unread: readonly string[] = []): AccountParts {
  return { apiKeyEnv: { env: apiKey, unread }, baseUrlEnv: { env: baseUrl } }
}

interface AccountsOf {
  /** As people write the service. */
  readonly title: string
  readonly accounts?: AccountParts
}

/**
 * The accounts that a model names, each by what is its own. Throws E_JOB_INVALID for a list that names nobody, somebody
 * twice, or what no account of the service can have.
 */
export function modelAccounts(
  { title, accounts: parts }: AccountsOf,
  given: readonly GivenAccount[],
  model: Partial<Pick<ModelAccount, 'baseUrl' | 'apiKeyEnv'>>,
): readonly ModelAccount[] {
  const where = `the model of ${title}`
  if (parts === undefined)
    throw invalid(where, `${title} is asked through one account`, 'leave out `accounts`')
  if (!Array.isArray(given) || given.length === 0)
    throw invalid(where, '`accounts` names none', 'name them as a list, or leave it out')
  const accounts = given.map((account, at) => {
    const own = Object.entries(account).filter(([, value]) => value !== undefined)
    for (const [part, value] of own)
      if (!['name', ...Object.keys(parts)].includes(part) || typeof value !== 'string' || value.trim() === '')
        throw invalid(`${where}, accounts[${at}]`, ...problemOf(part, parts))
    const name = account.name ?? own.map(([, value]) => String(value)).join(' ')
    const of = new Map(own.map(([part, value]) => [part, String(value)]))
    return { name: name === '' ? 'default' : name, ...ownOf(parts, of, model) }
  })
  const twice = accounts.find(({ name }, at) => accounts.findIndex((other) => other.name === name) !== at)
  if (twice) throw invalid(where, `two accounts are called ${twice.name}`, 'give each a `name` of its own')
  return Object.freeze(accounts)
}

/** In the order of the parts, not in that of the job file: a later one is read again that an earlier one leaves unread. */
function ownOf(
  parts: AccountParts,
  account: ReadonlyMap<string, string>,
  model: Partial<Pick<ModelAccount, 'baseUrl' | 'apiKeyEnv'>>,
): Omit<ModelAccount, 'name'> {
  const env: Record<string, string | null> = {}
  const values: { baseUrl?: string; apiKeyEnv?: string } = {}
  const options: Record<string, string> = {}
  for (const [name, part] of Object.entries(parts)) {
    const own = account.get(name)
    if (own === undefined) continue
    if ('env' in part) {
      if (own === part.env && !Object.hasOwn(env, part.env)) continue
      env[part.env] = own
      for (const other of part.unread ?? []) env[other] = null
    } else if (part.value === 'option') options[part.option] = own
    else if (own !== model[part.value]) values[part.value] = own
  }
  return { env, ...values, ...(Object.keys(options).length > 0 && { options }) }
}

function problemOf(part: string, parts: AccountParts): readonly [string, string] {
  const meant = Object.hasOwn(parts, part) ? parts[part] : undefined
  if (meant !== undefined || part === 'name')
    return [
      `\`${part}\` is no text, or empty`,
      meant !== undefined && 'env' in meant
        ? 'name the environment variable that holds it'
        : 'write it as a text, or leave it out',
    ]
  if (part === 'deployment' || part === 'model')
    return [
      `an account has no \`${part}\` of its own: files are written before it is known which of them takes them`,
      'give it one name in all of them, and name it once, for the model',
    ]
  return [`an account has no \`${part}\``, `it has ${['name', ...Object.keys(parts)].join(', ')}`]
}

function invalid(where: string, what: string, fix: string): OffpeakError {
  return new OffpeakError('E_JOB_INVALID', what, { where, fix })
}
