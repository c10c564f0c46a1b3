import { type Reply, jsonReply } from '../../../core/http/reply.ts'
import { refuse } from '../errors.ts'
import { type Model, findModel, knownModels } from '../models.ts'
import type { GeminiCall } from './call.ts'
import { pageReply } from './page.ts'

const methods = {
  text: ['generateContent', 'countTokens', 'batchGenerateContent'],
  embedding: ['embedContent', 'asyncBatchEmbedContent'],
} as const

/** Gemini document, Models; what is said of sampling serves for every model. */
function modelObject(model: Model): object {
  return {
    name: `models/${model.name}`,
    version: '001',
    displayName: displayName(model.name),
    description: displayName(model.name),
    inputTokenLimit: model.contextTokens,
    outputTokenLimit: model.maxOutputTokens,
    supportedGenerationMethods: methods[model.kind],
    ...(model.kind === 'text'
      ? { temperature: 1, topP: 0.95, topK: 64, maxTemperature: 2, thinking: model.thinks !== 'never' }
      : {}),
  }
}

function displayName(name: string): string {
  return name
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(' ')
}

export function listModels(call: GeminiCall): Reply {
  const models = knownModels.map((model) => ({ id: model.name, model }))
  return pageReply(call.query, 'models', models, ({ model }) => modelObject(model))
}

/** A model that is closed to new accounts is shown all the same. */
export function retrieveModel(call: GeminiCall): Reply {
  const model = findModel(call.id)
  if (!model)
    throw refuse('NOT_FOUND', `Model is not found: models/${call.id} for api version ${call.version}`)
  return jsonReply(200, modelObject(model))
}
