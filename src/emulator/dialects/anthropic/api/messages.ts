import { bodyHash } from '../../../core/answers/body-hash.ts'
import { Refusal, badRequest } from '../../../core/errors.ts'
import { parseBody } from '../../../core/http/body.ts'
import { type Reply, jsonReply } from '../../../core/http/reply.ts'
import { textIn } from '../../../core/json.ts'
import { runMessage } from '../../../families/claude/message.ts'
import { readPrompt } from '../../../families/claude/prompt.ts'
import { shapeError, unknownModel } from '../../../families/claude/request-check.ts'
import { type Model, costPicoUsd, findModel, knownModels } from '../../../families/claude/models.ts'
import type { AnthropicCall } from './call.ts'
import { pageReply } from './page.ts'

/** A message at once: the answer that a line of a batch would get, at full price. */
export async function createMessage(call: AnthropicCall): Promise<Reply> {
  const { state } = call
  const body = parseBody(call.body)
  const hash = bodyHash(body)
  const failOnce = !state.failedOnce.has(hash)
  if (failOnce) state.failedOnce.set(hash, 'synchronous')
  const executed = runMessage(body, {
    tier: 'standard',
    digest: hash,
    failOnce,
    isCached: (digest) => state.observed.tally(`cache ${digest}`) > 1,
  })
  const model = findModel(textIn(body, 'model'))
  if (executed.usage === null || !model)
    throw new Refusal(executed.status, { message: String(Reflect.get(executed.body, 'message')) })
  await state.addSyncCharge({
    hash,
    duplicate: state.bill.notePaidHex(hash),
    costPicoUsd: costPicoUsd(model, executed.usage, 'sync'),
  })
  return jsonReply(executed.status, executed.body)
}

/** Free; a limit for the answer is not asked for. */
export function countTokens(call: AnthropicCall): Reply {
  const body = parseBody(call.body)
  const wrong = shapeError({ max_tokens: 1, ...body })
  if (wrong !== null) throw badRequest(wrong)
  const model = findModel(textIn(body, 'model'))
  if (!model) throw new Refusal(404, { message: unknownModel(body) })
  return jsonReply(200, { input_tokens: readPrompt(body, model.tokenFactor).tokens })
}

/** A date that serves for every model. */
const modelCreatedAt = '2026-01-01T00:00:00Z'

/** What a model can do is told as not known (`null`), which the document allows. */
function modelObject(model: Model): object {
  return {
    type: 'model',
    id: model.name,
    display_name: model.displayName,
    created_at: modelCreatedAt,
    capabilities: null,
    deprecated_at: null,
    lifecycle: 'active',
    line: model.line,
    max_input_tokens: model.contextTokens,
    max_tokens: model.maxOutputTokens,
    retires_at: null,
  }
}

export function listModels(call: AnthropicCall): Reply {
  const models = knownModels.map((model) => ({ id: model.name, model }))
  return pageReply(call.query, models, ({ model }) => modelObject(model))
}

export function retrieveModel(call: AnthropicCall): Reply {
  const model = findModel(call.id)
  if (!model) throw new Refusal(404, { message: `model: ${call.id}` })
  return jsonReply(200, modelObject(model))
}
