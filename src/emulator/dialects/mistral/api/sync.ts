import { bodyHash } from '../../../core/answers/body-hash.ts'
import { Refusal } from '../../../core/errors.ts'
import { type Reply, jsonReply } from '../../../core/http/reply.ts'
import { textIn } from '../../../core/json.ts'
import { runRequest } from '../answers/run-request.ts'
import { uploadedFile } from '../batch/uploaded-file.ts'
import { type Model, type ModelKind, costPicoUsd, findModel, knownModels } from '../models.ts'
import { readBody } from './body.ts'
import type { MistralCall } from './call.ts'

/** An answer at once: what a line of a job would get, at full price. */
export async function answerNow(call: MistralCall, kind: ModelKind): Promise<Reply> {
  const { state } = call
  const body = readBody(call.body)
  const hash = bodyHash(body)
  const failOnce = !state.failedOnce.has(hash)
  if (failOnce) state.failedOnce.set(hash, 'synchronous')
  const executed = runRequest(kind, body, {
    digest: hash,
    failOnce,
    createdAtSeconds: Math.floor(state.clock.nowMs() / 1000),
    file: (id) => uploadedFile(state, id),
  })
  const model = findModel(textIn(body, 'model'))
  if (executed.usage !== null && model)
    await state.addSyncCharge({
      hash,
      duplicate: state.bill.notePaidHex(hash),
      costPicoUsd: costPicoUsd(model, executed.usage, 'sync'),
    })
  return jsonReply(executed.status, executed.body)
}

/** A date that serves for every model. */
const modelCreatedSeconds = 1_767_225_600

function modelObject(model: Model, id: string): object {
  const { kind, reasons } = model
  return {
    id,
    object: 'model',
    created: modelCreatedSeconds,
    owned_by: 'mistralai',
    capabilities: {
      completion_chat: kind === 'chat',
      function_calling: kind === 'chat',
      reasoning: reasons !== 'never',
      completion_fim: false,
      fine_tuning: false,
      vision: kind === 'chat',
      ocr: kind === 'ocr',
      classification: false,
      moderation: false,
      audio: false,
      audio_transcription: false,
      audio_transcription_realtime: false,
      audio_speech: false,
    },
    name: model.name,
    description: model.name,
    max_context_length: model.contextTokens,
    aliases: id === model.name ? [model.alias] : [model.name],
    deprecation: null,
    deprecation_replacement_model: null,
    default_model_temperature: kind === 'chat' ? 0.3 : null,
    type: 'base',
  }
}

/** Each model under both of its names. */
export function listModels(): Reply {
  const data = knownModels.flatMap((model) => [model.name, model.alias].map((id) => modelObject(model, id)))
  return jsonReply(200, { object: 'list', data })
}

export function retrieveModel({ id }: MistralCall): Reply {
  const model = findModel(id)
  if (!model) throw new Refusal(404, { message: `Model ${id} not found.` })
  return jsonReply(200, modelObject(model, id))
}
