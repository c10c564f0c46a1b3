import { OffpeakError } from '../../domain/errors.ts'
import type { ChatModel, EmbeddingModel } from '../../ports/model.ts'
import { deepinfraPreset } from '../deepinfra/deepinfra.ts'
import { modelOf, type ProviderDefinition } from '../definition.ts'
import { groqPreset } from '../groq/groq.ts'
import { type Accounts, named } from '../models.ts'
import { requireModelOptions } from '../model-options.ts'
import { togetherPreset } from '../together/together.ts'
import { presetDefinition } from './definition.ts'

export const groqDefinition: ProviderDefinition = presetDefinition(groqPreset)
export const togetherDefinition: ProviderDefinition = presetDefinition(togetherPreset)
export const deepinfraDefinition: ProviderDefinition = presetDefinition(deepinfraPreset)

const chat = '/v1/chat/completions'

/** Options of `groq`. */
export interface GroqModelOptions extends Accounts {
  /** How long a batch may take, from a day to a week: a longer one is less likely to expire. `24h` when left out. */
  readonly window?: `${number}h` | `${number}d`
}

/** A model of Groq by its id, as in `groq('openai/gpt-oss-20b')`. Throws E_JOB_INVALID for an empty id or another window. */
export function groq(model: string, options: GroqModelOptions = {}): ChatModel {
  requireModelOptions('groq()', options, ['window', 'accounts'])
  const { window, accounts } = options
  return modelOf(groqDefinition, 'chat', {
    model: named(model, 'groq()'),
    endpoint: chat,
    ...(window !== undefined && { window: windowed(window) }),
    accounts,
  })
}

/**
 * A model of Together by its id, as in `together('meta-llama/Llama-3.3-70B-Instruct-Turbo')`. Throws E_JOB_INVALID for an
 * empty id.
 */
export function together(model: string, options: Accounts = {}): ChatModel {
  return modelOf(togetherDefinition, 'chat', {
    model: named(model, 'together()'),
    endpoint: chat,
    accounts: accountsOf(options, 'together()'),
  })
}

/**
 * A model of DeepInfra by its id, as in `deepinfra('openai/gpt-oss-120b')` and `deepinfra.embedding('BAAI/bge-m3')`. Throws
 * E_JOB_INVALID for an empty id.
 */
export const deepinfra = Object.assign(
  (model: string, options: Accounts = {}): ChatModel =>
    modelOf(deepinfraDefinition, 'chat', {
      model: named(model, 'deepinfra()'),
      endpoint: chat,
      accounts: accountsOf(options, 'deepinfra()'),
    }),
  {
    embedding: (model: string, options: Accounts = {}): EmbeddingModel =>
      modelOf(deepinfraDefinition, 'embedding', {
        model: named(model, 'deepinfra.embedding()'),
        endpoint: '/v1/embeddings',
        accounts: accountsOf(options, 'deepinfra.embedding()'),
      }),
  },
)

function accountsOf(options: Accounts, where: string): Accounts['accounts'] {
  requireModelOptions(where, options, ['accounts'])
  return options.accounts
}

const dayHours = 24
const weekDays = 7

function windowed(window: string): string {
  const [, number = '', unit] = /^(\d{1,3})([hd])$/.exec(window) ?? []
  const hours = Number(number) * (unit === 'd' ? dayHours : 1)
  if (number !== '' && hours >= dayHours && hours <= weekDays * dayHours) return window
  throw new OffpeakError('E_JOB_INVALID', `${window} is no window of Groq's batches`, {
    where: 'groq()',
    fix: "window: '24h' to '7d'",
  })
}
