import type { Executed } from '../../../core/batch/executed.ts'
import type { JsonObject } from '../../../core/json.ts'
import { invalidModel, missing, refused, refusedFor } from '../errors.ts'
import { type ModelKind, findModel } from '../models.ts'
import { runChat } from './chat.ts'
import { runEmbeddings } from './embeddings.ts'
import { runOcr } from './ocr.ts'
import type { RequestScope } from './request-scope.ts'

/** The endpoints that this emulator carries out; the real list is longer (Mistral document, Batch processing). */
export const endpoints: Readonly<Record<string, ModelKind>> = {
  '/v1/chat/completions': 'chat',
  '/v1/embeddings': 'embedding',
  '/v1/ocr': 'ocr',
}

export const otherEndpoints: readonly string[] = [
  '/v1/fim/completions',
  '/v1/moderations',
  '/v1/chat/moderations',
  '/v1/classifications',
  '/v1/chat/classifications',
  '/v1/conversations',
  '/v1/audio/transcriptions',
]

/** The result of one request body; synchronous calls and lines of a job come here alike. */
export function runRequest(
  kind: ModelKind,
  body: JsonObject,
  scope: Omit<RequestScope, 'model' | 'requestedModel'>,
): Executed {
  const name = body['model']
  if (typeof name !== 'string') return refusedFor(missing('model'))
  const model = findModel(name)
  if (model?.kind !== kind) return refused(400, invalidModel(name))
  const whole = { ...scope, model, requestedModel: name }
  switch (kind) {
    case 'chat':
      return runChat(body, whole)
    case 'embedding':
      return runEmbeddings(body, whole)
    case 'ocr':
      return runOcr(body, whole)
    default:
      return kind satisfies never
  }
}
