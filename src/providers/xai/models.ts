import { OffpeakError } from '../../domain/errors.ts'
import type { ChatModel } from '../../ports/model.ts'
import { modelOf } from '../definition.ts'
import type { Accounts } from '../models.ts'
import { requireModelOptions } from '../model-options.ts'
import { xaiDefinition } from './definition.ts'
import { chatEndpoint } from './wire.ts'

/**
 * A model of xAI by its id, as in `xai('grok-4.3')`. Throws E_JOB_INVALID for an empty id, and for accounts that are none.
 */
export function xai(model: string, options: Accounts = {}): ChatModel {
  requireModelOptions('xai()', options, ['accounts'])
  const { accounts } = options
  const name = model.trim()
  if (name === '')
    throw new OffpeakError('E_JOB_INVALID', 'the name of the model is empty', {
      where: 'xai()',
      fix: "name the model, as in xai('grok-4.3')",
    })
  return modelOf(xaiDefinition, 'chat', { model: name, endpoint: chatEndpoint, accounts })
}
