import { OffpeakError } from '../../domain/errors.ts'
import type { ChatModel, EmbeddingModel } from '../../ports/model.ts'
import { modelOf } from '../definition.ts'
import type { Accounts } from '../models.ts'
import { requireModelOptions } from '../model-options.ts'
import { geminiDefinition } from './definition.ts'
import { embedEndpoint, generateEndpoint } from './endpoints.ts'

/**
 * A model of Gemini by its id, as in `gemini('gemini-3.8-flash')` and `gemini.embedding('gemini-embedding-2')`. Throws
 * E_JOB_INVALID for an empty id, and for accounts that are none.
 */
export const gemini = Object.assign(
  (model: string, options: Accounts = {}): ChatModel =>
    modelOf(geminiDefinition, 'chat', {
      model: named(model, 'gemini()'),
      endpoint: generateEndpoint,
      accounts: accountsOf(options, 'gemini()'),
    }),
  {
    embedding: (model: string, options: Accounts = {}): EmbeddingModel =>
      modelOf(geminiDefinition, 'embedding', {
        model: named(model, 'gemini.embedding()'),
        endpoint: embedEndpoint,
        accounts: accountsOf(options, 'gemini.embedding()'),
      }),
  },
)

function accountsOf(options: Accounts, where: string): Accounts['accounts'] {
  requireModelOptions(where, options, ['accounts'])
  return options.accounts
}

/** The service itself writes `models/gemini-3.8-flash`. */
function named(model: string, where: string): string {
  const name = model.trim().replace(/^models\//, '')
  if (name !== '') return name
  throw new OffpeakError('E_JOB_INVALID', 'the name of the model is empty', {
    where,
    fix: "name the model, as in gemini('gemini-3.8-flash')",
  })
}
