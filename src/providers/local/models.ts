import { OffpeakError } from '../../domain/errors.ts'
import { compatibleDefinition } from '../compatible/definition.ts'
import { type CompatibleService, compatibleNames, named, type ServiceModels, serviceOf } from '../models.ts'
import { requireModelOptions } from '../model-options.ts'
import { localDefinition } from './definition.ts'

/** A server without a Batch API, and how many calls it bears. */
export interface LocalService extends CompatibleService {
  /** How many calls of one process the server bears at a time; `realtime.concurrency` of the configuration when left out. */
  readonly concurrency?: number
  /** What it is to be reckoned with, in dollars for a million tokens; nothing when left out. */
  readonly price?: { readonly input: number; readonly output: number }
  /** Whether the server has OpenAI's files and batches, which are used then; false when left out. Only then `accounts` are. */
  readonly batches?: boolean
}

/**
 * Models of a server of one's own (vLLM, Ollama, llama.cpp, LM Studio), as in
 * `local({ baseUrl: 'http://127.0.0.1:11434/v1', concurrency: 4 })('llama3.2')`: asked one by one, and free unless a price
 * is stated. Throws E_JOB_INVALID for an empty id, or a concurrency that is no whole number above 0.
 */
export function local({ batches = false, ...service }: LocalService): ServiceModels {
  requireModelOptions('local()', service, [...compatibleNames, 'concurrency', 'price', 'batches'])
  const {
    baseUrl,
    apiKeyEnv,
    name,
    headers,
    insecureHttp,
    takesMetadata,
    concurrency,
    price = free,
    accounts,
  } = service
  if (concurrency !== undefined && !(Number.isSafeInteger(concurrency) && concurrency > 0))
    throw new OffpeakError('E_JOB_INVALID', `${concurrency} is no number of calls at a time`, {
      where: 'local()',
      fix: 'concurrency: 8',
    })
  return serviceOf(
    batches ? compatibleDefinition : localDefinition,
    (model) => ({
      model: named(model, 'local()'),
      baseUrl,
      price,
      ...(concurrency !== undefined && { concurrency }),
      ...(apiKeyEnv !== undefined && { apiKeyEnv }),
      ...(name !== undefined && { name }),
      ...(headers !== undefined && { headers }),
      ...(insecureHttp !== undefined && { insecureHttp }),
      ...(takesMetadata !== undefined && { takesMetadata }),
      accounts,
    }),
    { where: 'a model of local()', takes: [] },
  )
}

const free = { input: 0, output: 0 } as const
