import { OffpeakError } from '../domain/errors.ts'
import type { Model } from '../ports/job.ts'

/** Where a model's requests are sent; chat completions when left out. */
export interface ModelOptions {
  readonly endpoint?: Model['endpoint']
}

export interface AzureModelOptions extends ModelOptions {
  /** The model behind the deployment, by which it is priced. */
  readonly model?: string
  /** The deployment that answers one by one: a batch deployment does not (Azure OpenAI, deployment types). */
  readonly realtime?: string
}

export interface CompatibleService {
  /** Up to and with the version, as in `http://localhost:8000/v1`. */
  readonly baseUrl: string
  /** The name of the environment variable that holds the key; none is sent when left out. */
  readonly apiKeyEnv?: string
  /** What people call the service. */
  readonly name?: string
}

const chat = '/v1/chat/completions'

/** A model of OpenAI by its id, as in `openai('gpt-5.6-luna')`. Throws E_JOB_INVALID for an empty id. */
export function openai(model: string, options: ModelOptions = {}): Model {
  return Object.freeze({
    provider: 'openai',
    model: named(model, 'openai()'),
    endpoint: options.endpoint ?? chat,
  } as const)
}

/**
 * A deployment of Azure OpenAI, as in `azure('gpt-4o-mini-batch', { model: 'gpt-4o-mini' })`; without a name the
 * environment names it. Throws E_JOB_INVALID for an empty name.
 */
export function azure(deployment?: string | null, options: AzureModelOptions = {}): Model {
  return Object.freeze({
    provider: 'azure',
    model: deployment == null ? null : named(deployment, 'azure()'),
    endpoint: options.endpoint ?? chat,
    ...(options.model !== undefined && { pricedAs: named(options.model, 'azure()') }),
    ...(options.realtime !== undefined && { realtimeModel: named(options.realtime, 'azure()') }),
  } as const)
}

/**
 * Models of any service of OpenAI's shape, as in `openaiCompatible({ baseUrl: 'http://localhost:8000/v1' })('my-model')`.
 * Throws E_JOB_INVALID for an empty id.
 */
export function openaiCompatible(
  service: CompatibleService,
): (model: string, options?: ModelOptions) => Model {
  const { baseUrl, apiKeyEnv, name } = service
  return (model, options = {}) =>
    Object.freeze({
      provider: 'compatible',
      model: named(model, 'openaiCompatible()'),
      endpoint: options.endpoint ?? chat,
      baseUrl,
      ...(apiKeyEnv !== undefined && { apiKeyEnv }),
      ...(name !== undefined && { name }),
    } as const)
}

function named(model: string, where: string): string {
  const name = model.trim()
  if (name !== '') return name
  throw new OffpeakError('E_JOB_INVALID', 'the name of the model is empty', {
    where,
    fix: 'name the model or deployment',
  })
}
