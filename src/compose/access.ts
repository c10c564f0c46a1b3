import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Config } from '../config/config.ts'
import { parseHeaders } from '../config/way-out.ts'
import { messageOf, OffpeakError } from '../domain/errors.ts'
import { ownValue } from '../domain/own-value.ts'
import type { HeaderValue, Model } from '../ports/model.ts'
import type { ModelAccount } from '../ports/model-account.ts'
import type { Access } from '../providers/http/access.ts'
import { definitionOf, type ProviderDefinition, type Setup } from '../providers/definition.ts'
import type { Proxies } from '../providers/http/proxy.ts'
import { Secret } from '../providers/http/secret.ts'

/**
 * Settings of the configuration for the way to a model's provider: its extra headers, and whether it may be plain http.
 */
export function wayTo(
  { settings }: Pick<Config, 'settings'>,
  model: Model,
): { readonly headers: Readonly<Record<string, HeaderValue>>; readonly insecureHttp: boolean } {
  const { title } = definitionOf(model)
  const own = settingsOf(settings, model)
  return {
    headers: {
      ...own?.headers,
      ...parseHeaders(model.headers ?? {}, `the model of ${model.name ?? model.baseUrl ?? title}`),
    },
    insecureHttp: model.insecureHttp ?? own?.insecureHttp ?? false,
  }
}

function settingsOf(
  settings: Config['settings'],
  { provider }: Pick<Model, 'provider'>,
): NonNullable<Config['settings']['providers']>[string] | undefined {
  if (provider === 'openai') return settings.openai
  if (provider === 'azure') return settings.azure
  return ownValue(settings.providers ?? {}, provider)
}

/** The accounts that a model names; null alone: that of the environment. */
export function namedAccounts({ accounts = [] }: Model): readonly [AccountChoice, ...AccountChoice[]] {
  const [first = null, ...others] = accounts
  return [first, ...others]
}

type AccountChoice = ModelAccount | null

/** Settings of the project for a model's service and one of its accounts: the first when left out. */
export function setupOf(
  config: Pick<Config, 'environment' | 'settings'>,
  model: Model,
  account: AccountChoice = namedAccounts(model)[0],
): Setup {
  const { get } = config.environment
  return {
    model: modelAs(model, account),
    env(name) {
      const read = renamed(account, name)
      return read === null ? null : get(read)
    },
    token: config.settings.azure?.token ?? null,
    hasHeaders: headerNames(config, model).length > 0 || Object.keys(wayTo(config, model).headers).length > 0,
  }
}

function modelAs(model: Model, account: AccountChoice): Model {
  return account === null
    ? model
    : {
        ...model,
        ...(account.baseUrl !== undefined && { baseUrl: account.baseUrl }),
        ...(account.apiKeyEnv !== undefined && { apiKeyEnv: account.apiKeyEnv }),
        ...(account.options !== undefined && { options: { ...model.options, ...account.options } }),
      }
}

/** Where the environment has for an account what its service reads by a name; null: nowhere. */
function renamed(account: AccountChoice, name: string): string | null {
  const own = account === null ? undefined : ownValue(account.env, name)
  return own === undefined ? name : own
}

/**
 * Names that a model's service needs in the environment for one of its accounts, and that are missing there. What an
 * account names is wanted, whether the service could do without it or not: it would else be asked as somebody else.
 */
export function missingFor(config: Config, model: Model, account: AccountChoice): readonly string[] {
  // What an account leaves unread in favour of names of its own would not help where it is set.
  const missing = definitionOf(model)
    .missing(setupOf(config, model, account))
    .filter((name) => account?.env[name] !== null)
  const named = Object.values(account?.env ?? {}).filter((name) => name !== null)
  return [
    ...missing.map((name) => renamed(account, name) ?? name),
    ...named.filter((name) => config.environment.get(name) === null),
  ]
}

/** The environment names that a model's service reads for all of its accounts. */
export function environmentOf(model: Model): ReturnType<ProviderDefinition['environment']> {
  const read = namedAccounts(model).map((account) => {
    const { secret, shown } = definitionOf(model).environment(modelAs(model, account))
    const own = (names: readonly string[]): readonly string[] =>
      names.flatMap((name) => renamed(account, name) ?? [])
    return { secret: own(secret), shown: own(shown) }
  })
  return {
    secret: [...new Set(read.flatMap(({ secret }) => secret))],
    shown: [...new Set(read.flatMap(({ shown }) => shown))],
  }
}

/** The environment names that a model's extra headers take their values from. */
export function headerNames(config: Pick<Config, 'settings'>, model: Model): readonly string[] {
  return Object.values(wayTo(config, model).headers).flatMap((value) =>
    typeof value === 'string' ? [] : [value.env],
  )
}

/** The address that a model's provider is called at; null: nothing names one. */
export function baseUrlOf(config: Pick<Config, 'environment' | 'settings'>, model: Model): string | null {
  return definitionOf(model).baseUrl(setupOf(config, model))
}

/** How a model's provider is reached. Throws E_ENV for a file of certificates that cannot be read. */
export function accessOf(config: Config, model: Model, now: () => number): Access {
  const { environment, settings } = config
  const { headers, insecureHttp } = wayTo(config, model)
  const values = Object.entries(headers).map(([name, value]) => {
    const text = typeof value === 'string' ? value : environment.get(value.env)
    return [name.toLowerCase(), new Secret(text ?? '')] as const
  })
  return {
    headers: Object.fromEntries(values),
    proxies: proxiesOf(config),
    extraCa: extraCaOf(config),
    insecureHttp,
    timeouts: settings.timeouts,
    now,
  }
}

/** The proxies of this machine; null: they are not to be used. */
export function proxiesOf({
  environment,
  settings,
}: Pick<Config, 'environment' | 'settings'>): Proxies | null {
  if (settings.proxy === false) return null
  return {
    https: environment.httpsProxy,
    http: environment.httpProxy,
    except: environment.noProxy?.value ?? null,
    loopback: settings.proxy?.loopback ?? false,
  }
}

/** What Node has not read by itself, because the name stands in a `.env`; null: nothing. */
function extraCaOf({ environment, dir }: Config): string | null {
  const { extraCaCerts, nodeHasExtraCa } = environment
  if (extraCaCerts === null || nodeHasExtraCa) return null
  const path = resolve(dir, extraCaCerts.value)
  try {
    return readFileSync(path, 'utf8')
  } catch (thrown) {
    throw new OffpeakError('E_ENV', `the certificates cannot be read: ${messageOf(thrown)}`, {
      where: `${extraCaCerts.name}=${path}`,
      fix: 'name a file of certificates in PEM',
      cause: thrown,
    })
  }
}
