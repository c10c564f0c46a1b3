import { OffpeakError } from '../domain/errors.ts'
import type { GivenAccount, KeyAccount } from './accounts.ts'
import type { ChatModel, EmbeddingModel, HeaderValue } from '../ports/model.ts'
import { azureDefinition } from './azure/definition.ts'
import { compatibleDefinition } from './compatible/definition.ts'
import { type ModelData, modelOf, type ProviderDefinition } from './definition.ts'
import { requireModelOptions } from './model-options.ts'
import { openaiDefinition } from './openai/definition.ts'
import type { PriceZone } from './prices/price-row.ts'

/** Where a model's requests are sent; chat completions when left out. */
export interface ModelOptions {
  readonly endpoint?: '/v1/chat/completions' | '/v1/responses'
}

/** One of several accounts of OpenAI: a key of another organization or project, or of another region. */
export interface OpenaiAccount extends KeyAccount {
  readonly organizationEnv?: string
  readonly projectEnv?: string
}

/** One of several resources of Azure OpenAI, in whatever regions: each has a deployment of the name that the job gives. */
export interface AzureAccount extends GivenAccount {
  /** The environment variable that holds its endpoint; `AZURE_OPENAI_ENDPOINT` when left out. */
  readonly endpointEnv?: string
  /** The variable that holds its key; `AZURE_OPENAI_API_KEY` when left out. */
  readonly apiKeyEnv?: string
}

/** One of several servers of a service of OpenAI's shape, or of several keys for one. */
export interface CompatibleAccount extends GivenAccount {
  /** That of the service when left out. */
  readonly baseUrl?: string
  /** The environment variable that holds its key; that of the service when left out. */
  readonly apiKeyEnv?: string
}

/** Accounts whose keys a model is asked with; that of the environment when left out. */
export interface Accounts<Account extends GivenAccount = KeyAccount> {
  /** Keys that its batches are spread over, by what room each has. */
  readonly accounts?: readonly Account[]
}

/** Options of `azure`. */
export interface AzureModelOptions extends ModelOptions {
  /** Resources that its batches are spread over, by what room each has: all with this deployment. */
  readonly accounts?: readonly AzureAccount[]
  /** The model behind the deployment, by which it is priced. */
  readonly model?: string
  /** Where it computes, by its type: `us` and `eu` are data zones, which cost more; `global` when left out. */
  readonly zone?: PriceZone
  /** The deployment that answers one by one: a batch deployment does not (Azure OpenAI, deployment types). */
  readonly realtime?: string
}

/** A service of OpenAI's shape. */
export interface CompatibleService {
  /** Up to and with the version, as in `http://localhost:8000/v1`. */
  readonly baseUrl: string
  /** The name of the environment variable that holds the key; none is sent when left out. */
  readonly apiKeyEnv?: string
  /** What people call the service. */
  readonly name?: string
  /** Further headers of every call, as `{ 'x-team': 'law', 'x-gateway-key': { env: 'GATEWAY_KEY' } }`. */
  readonly headers?: Readonly<Record<string, HeaderValue>>
  /** Whether it may be called without encryption, in a private network: `http://litellm:4000/v1`. */
  readonly insecureHttp?: boolean
  /**
   * False for a service that refuses a batch with metadata; true when left out. An unanswered creation is then found by its
   * input file alone.
   */
  readonly takesMetadata?: boolean
  /** Servers or keys that its batches are spread over, by what room each has. */
  readonly accounts?: readonly CompatibleAccount[]
}

/** Names of the options that describe a service of OpenAI's shape. */
export const compatibleNames = [
  'baseUrl',
  'apiKeyEnv',
  'name',
  'headers',
  'insecureHttp',
  'takesMetadata',
  'accounts',
] as const satisfies readonly (keyof CompatibleService)[]

const chat = '/v1/chat/completions'
const embeddings = '/v1/embeddings'

/** Models of one service by their ids, for prompts and, as `.embedding`, for vectors. */
export interface ServiceModels<Own extends object = object> {
  (model: string, options?: ModelOptions & Own): ChatModel
  readonly embedding: (model: string, options?: Own) => EmbeddingModel
}

/**
 * A model of OpenAI by its id, as in `openai('gpt-5.6-luna')` and `openai.embedding('text-embedding-3-small')`. Throws
 * E_JOB_INVALID for an empty id, and for accounts that are none.
 */
export const openai: ServiceModels<Accounts<OpenaiAccount>> = serviceOf(
  openaiDefinition,
  (model, { accounts }: Accounts<OpenaiAccount> = {}) => ({ model: named(model, 'openai()'), accounts }),
  { where: 'openai()', takes: ['accounts'] },
)

/**
 * A deployment of Azure OpenAI, as in `azure('gpt-4o-mini-batch', { model: 'gpt-4o-mini' })`; without a name the
 * environment names it. Throws E_JOB_INVALID for an empty name, and for accounts that are none.
 */
export function azure(deployment?: string | null, options: AzureModelOptions = {}): ChatModel {
  requireModelOptions('azure()', options, ['endpoint', 'accounts', 'model', 'zone', 'realtime'])
  return modelOf(azureDefinition, 'chat', {
    model: deployment == null ? null : named(deployment, 'azure()'),
    endpoint: options.endpoint ?? chat,
    ...(options.model !== undefined && { pricedAs: named(options.model, 'azure()') }),
    ...(options.zone !== undefined && { zone: zoned(options.zone) }),
    ...(options.realtime !== undefined && { realtimeModel: named(options.realtime, 'azure()') }),
    accounts: options.accounts,
  })
}

/**
 * Models of any service of OpenAI's shape, as in `openaiCompatible({ baseUrl: 'http://localhost:8000/v1' })('my-model')`.
 * Throws E_JOB_INVALID for an empty id, and for accounts that are none.
 */
export function openaiCompatible(service: CompatibleService): ServiceModels {
  requireModelOptions('openaiCompatible()', service, compatibleNames)
  const { baseUrl, apiKeyEnv, name, headers, insecureHttp, takesMetadata, accounts } = service
  return serviceOf(
    compatibleDefinition,
    (model) => ({
      model: named(model, 'openaiCompatible()'),
      baseUrl,
      ...(apiKeyEnv !== undefined && { apiKeyEnv }),
      ...(name !== undefined && { name }),
      ...(headers !== undefined && { headers }),
      ...(insecureHttp !== undefined && { insecureHttp }),
      ...(takesMetadata !== undefined && { takesMetadata }),
      accounts,
    }),
    { where: 'a model of openaiCompatible()', takes: [] },
  )
}

type OwnData = Omit<ModelData, 'endpoint'>

/** The models of a service by their ids, with what else their data says; `takes`: what they are told besides an endpoint. */
export function serviceOf<Own extends object>(
  definition: ProviderDefinition,
  data: (id: string, own?: Own) => OwnData,
  { where, takes }: { readonly where: string; readonly takes: readonly string[] },
): ServiceModels<Own> {
  return Object.assign(
    (id: string, options?: ModelOptions & Own): ChatModel => {
      requireModelOptions(where, options, ['endpoint', ...takes])
      return modelOf(definition, 'chat', { ...data(id, options), endpoint: options?.endpoint ?? chat })
    },
    {
      embedding: (id: string, own?: Own): EmbeddingModel => {
        requireModelOptions(where, own, takes)
        return modelOf(definition, 'embedding', { ...data(id, own), endpoint: embeddings })
      },
    },
  )
}

const zones: readonly string[] = ['global', 'us', 'eu', 'regional'] satisfies readonly PriceZone[]

function zoned(zone: PriceZone): PriceZone {
  if (zones.includes(zone)) return zone
  throw new OffpeakError('E_JOB_INVALID', `${zone} is no zone of Azure`, {
    where: 'azure()',
    fix: "write zone: 'us' or 'eu' for a data zone, 'regional' for one region, or leave it out for a global deployment",
  })
}

/** A name without blanks around it. Throws E_JOB_INVALID for an empty one. */
export function named(model: string, where: string): string {
  const name = model.trim()
  if (name !== '') return name
  throw new OffpeakError('E_JOB_INVALID', 'the name of the model is empty', {
    where,
    fix: 'name the model or deployment',
  })
}
