import { OffpeakError } from '../../domain/errors.ts'
import type { ProviderLimits, Recovery } from '../../domain/limits.ts'
import type { Task } from '../../domain/request.ts'
import type { ChatModel, EmbeddingModel } from '../../ports/model.ts'
import type { Provider } from '../../ports/provider/provider.ts'
import { keyParts } from '../accounts.ts'
import { type Connection, modelOf, type ProviderDefinition, type Setup } from '../definition.ts'
import { type Http, openHttp } from '../http/http.ts'
import { parseOrigin } from '../http/origin.ts'
import { secretKey } from '../http/secret.ts'
import type { Accounts } from '../models.ts'
import { requireModelOptions } from '../model-options.ts'
import { providers } from '../registry.ts'
import { type ProviderClient, wholeClient } from './own-client.ts'
import { type ModelPrices, rowsOf } from './own-prices.ts'

/** The service's own words for where requests go: `/v1/chat/completions`. */
export interface Endpoints {
  readonly chat: string
  /** Where texts become vectors; left out: nowhere. */
  readonly embedding?: string
}

/** Endpoints of a service that makes vectors and answers no prompts. */
export interface EmbeddingEndpoint {
  readonly chat?: undefined
  readonly embedding: string
}

/** A service that jobs can ask, as whoever adds it describes it. */
export interface OwnProvider {
  /** As `provider` stands in runs and prices: small letters, digits and hyphens. */
  readonly name: string
  /** As people write it; the name when left out. */
  readonly title?: string
  /** Its official address with its path, as `https://api.acme.example/v1`; left out: the environment must name it. */
  readonly baseUrl?: string
  /** The environment name that holds another address; `ACME_BASE_URL` when left out, by the name of the service. */
  readonly baseUrlEnv?: string
  /** The environment name that holds the key; `ACME_API_KEY` when left out, null: there is no key. */
  readonly apiKeyEnv?: string | null
  /** The headers that carry the key; `authorization: Bearer …` when left out. */
  readonly authorize?: (key: string) => Readonly<Record<string, string>>
  readonly endpoints: Endpoints
  /** A pause of 30 s between two looks at a batch when left out, half a second for a service on this machine. */
  readonly limits: Omit<ProviderLimits, 'pollEveryMs'> & { readonly pollEveryMs?: number }
  /** What it offers against a create that nobody answered: the suite of `offpeak/testing` tries whether that is so. */
  readonly recovery: Recovery
  /** What its models cost; without it, `prices` of the configuration says so. */
  readonly priceRows?: readonly ModelPrices[]
  /** The path of Offpeak's emulator below which it speaks this language (`/v1`: OpenAI's); left out: it does not. */
  readonly emulatorPath?: string
  /** Called for each run that asks the service; calls nothing itself. */
  readonly client: (connected: Connected) => ProviderClient
}

/** The same of a service that makes vectors alone. */
export interface OwnEmbeddingProvider extends Omit<OwnProvider, 'endpoints'> {
  readonly endpoints: EmbeddingEndpoint
}

type AnyOwn = OwnProvider | OwnEmbeddingProvider

/** Tools that a client calls with. */
export interface Connected {
  /** Calls below the address, with the key: one attempt each, with deadlines, through the proxies of this machine. */
  readonly http: Http
  /** A time that the service tells, in milliseconds since the epoch, by the clock of this machine; null stays null. */
  readonly ourTimeMs: (theirs: number | null) => number | null
  /** The model, with what the job says of it. */
  readonly model: Setup['model']
  /** A value of the project's environment by its name; null: it is not set. */
  readonly env: Setup['env']
  /** The key as it is, for a client that does not call by `http`; null: there is none. Never log or keep it. */
  readonly revealKey: () => string | null
}

/** Models of one service by their ids, for prompts. */
export type ChatService = (model: string, options?: Accounts) => ChatModel

/** Models of one service as `.embedding`, for vectors. */
export interface EmbeddingService {
  readonly embedding: (model: string, options?: Accounts) => EmbeddingModel
}

/** Both. */
export interface ChatAndEmbeddingService extends ChatService, EmbeddingService {}

/**
 * The function by which job files name the models of a service: `acme('acme-large')`, `acme.embedding('acme-vectors')`,
 * which throws E_JOB_INVALID for an empty id, and for accounts that are none. Throws E_CONFIG for a name that is none or is taken, for endpoints that are
 * alike, and for a price that is no number of dollars.
 */
export function defineProvider(
  own: OwnProvider & { readonly endpoints: Required<Endpoints> },
): ChatAndEmbeddingService
export function defineProvider(own: OwnProvider): ChatService
export function defineProvider(own: OwnEmbeddingProvider): EmbeddingService
export function defineProvider(own: AnyOwn): ChatService | EmbeddingService {
  const { chat, embedding } = own.endpoints
  checkOwn(own)
  const definition = definitionFor(own)
  const vectors: EmbeddingService | null =
    embedding === undefined
      ? null
      : {
          embedding: (model, options = {}) =>
            modelOf(definition, 'embedding', {
              model: named(model, own.name),
              endpoint: embedding,
              accounts: accountsOf(options, `${own.name}.embedding()`),
            }),
        }
  if (chat === undefined) return vectors ?? noEndpoint(own)
  const answers: ChatService = (model, options = {}) =>
    modelOf(definition, 'chat', {
      model: named(model, own.name),
      endpoint: chat,
      accounts: accountsOf(options, `${own.name}()`),
    })
  return vectors === null ? answers : Object.assign(answers, vectors)
}

function accountsOf(options: Accounts, where: string): Accounts['accounts'] {
  requireModelOptions(where, options, ['accounts'])
  return options.accounts
}

function noEndpoint({ name }: Pick<AnyOwn, 'name'>): never {
  throw new OffpeakError('E_CONFIG', 'no endpoint is named', {
    where: `defineProvider({ name: '${name}' })`,
    fix: "say where prompts are answered, or where texts become vectors: endpoints: { embedding: '/v1/embeddings' }",
  })
}

function definitionFor(own: AnyOwn): ProviderDefinition {
  const { name, title = name, baseUrl: official = null, emulatorPath, endpoints, recovery } = own
  const inCapitals = name.toUpperCase().replaceAll('-', '_')
  const { baseUrlEnv = `${inCapitals}_BASE_URL`, apiKeyEnv = `${inCapitals}_API_KEY` } = own
  const taskOf = (endpoint: string): Task => (endpoint === endpoints.embedding ? 'embedding' : 'chat')
  const baseUrl = ({ env }: Setup): string | null => env(baseUrlEnv) ?? official
  return {
    name,
    title,
    prices: name,
    priceRows: rowsOf(name, own.priceRows ?? []),
    isEmulated: emulatorPath !== undefined,
    missing: (setup) => [
      ...(baseUrl(setup) === null ? [baseUrlEnv] : []),
      ...(apiKeyEnv !== null && setup.env(apiKeyEnv) === null && !setup.hasHeaders ? [apiKeyEnv] : []),
    ],
    environment: () => ({ secret: apiKeyEnv === null ? [] : [apiKeyEnv], shown: [baseUrlEnv] }),
    // A service without keys has one account.
    ...(apiKeyEnv !== null && { accounts: keyParts(apiKeyEnv, baseUrlEnv) }),
    baseUrl,
    connect(setup, connection) {
      const { model, env } = setup
      const { now = Date.now } = connection
      const { http, account, loopback, revealKey } = reach(own, connection, {
        address: baseUrl(setup) ?? '',
        apiKey: apiKeyEnv === null ? null : env(apiKeyEnv),
      })
      const pollEveryMs = connection.pollEveryMs ?? own.limits.pollEveryMs ?? (loopback ? 500 : 30_000)
      return {
        ...wholeClient(
          own.client({ http, ourTimeMs: (theirs) => http.skew.ours(theirs), model, env, revealKey }),
          { title, taskOf, now },
        ),
        name,
        account,
        limits: { ...own.limits, pollEveryMs },
        recovery,
        clockSkewMs: () => http.skew.ms,
        isSimulated: () => http.isSimulated(),
      } satisfies Provider
    },
  }
}

interface Reached extends Pick<Connected, 'http' | 'revealKey'> {
  readonly account: string
  readonly loopback: boolean
}

function reach(
  { name, emulatorPath = '', authorize = bearer }: AnyOwn,
  { emulator, ...access }: Connection,
  { address, apiKey }: { readonly address: string; readonly apiKey: string | null },
): Reached {
  const origin = parseOrigin(emulator ? `${emulator.url}${emulatorPath}` : address, {
    allowed: access.insecureHttp === true,
    setting: `providers: { ${name}: { insecureHttp: true } } in offpeak.config.ts`,
  })
  const given = emulator?.key ?? apiKey
  const key = given === null ? null : secretKey(given, origin.host)
  const carried = key === null ? {} : authorize(key.reveal())
  return {
    http: openHttp({ origin, access, authorize: async () => carried }),
    account: [name, origin.host, key?.digest()].filter((part) => part !== undefined).join('/'),
    loopback: origin.loopback,
    revealKey: () => key?.reveal() ?? null,
  }
}

function bearer(key: string): Readonly<Record<string, string>> {
  return { authorization: `Bearer ${key}` }
}

/** Whose prices lie in the table, and who is known by these names in runs. */
const taken: ReadonlySet<string> = new Set(providers.map(({ name }) => name))

function checkOwn({ name, endpoints }: AnyOwn): void {
  const where = `defineProvider({ name: '${name}' })`
  if (!/^[a-z][a-z0-9-]*$/.test(name) || taken.has(name))
    throw new OffpeakError('E_CONFIG', `${name} cannot be the name of a provider of your own`, {
      where,
      fix: taken.has(name)
        ? 'give it another name: this one comes with Offpeak'
        : "write it in small letters, digits and hyphens, as 'acme'",
    })
  if (endpoints.chat !== undefined && endpoints.chat === endpoints.embedding)
    throw new OffpeakError('E_CONFIG', 'the endpoints for chat and for embeddings are the same', {
      where,
      fix: 'give each a word of its own: by it your code knows which of the two is asked',
    })
}

function named(model: string, name: string): string {
  const id = model.trim()
  if (id !== '') return id
  throw new OffpeakError('E_JOB_INVALID', 'the name of the model is empty', {
    where: `${name}()`,
    fix: 'name the model',
  })
}
