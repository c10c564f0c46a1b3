import { OffpeakError } from '../../domain/errors.ts'
import type { ChatModel } from '../../ports/model.ts'
import { modelOf } from '../definition.ts'
import type { Accounts } from '../models.ts'
import { requireModelOptions } from '../model-options.ts'
import { anthropicDefinition } from './definition.ts'
import { messagesEndpoint } from './wire.ts'

/**
 * A model of Anthropic by its id, as in `anthropic('claude-haiku-5-5')`. Throws E_JOB_INVALID for an empty id, and for
 * accounts that are none.
 */
export function anthropic(model: string, options: Accounts = {}): ChatModel {
  requireModelOptions('anthropic()', options, ['accounts'])
  const { accounts } = options
  const name = model.trim()
  if (name === '')
    throw new OffpeakError('E_JOB_INVALID', 'the name of the model is empty', {
      where: 'anthropic()',
      fix: "name the model, as in anthropic('claude-haiku-5-5')",
    })
  return modelOf(anthropicDefinition, 'chat', { model: name, endpoint: messagesEndpoint, accounts })
}
