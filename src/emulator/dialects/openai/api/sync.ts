import { bodyHash } from '../../../core/answers/body-hash.ts'
import type { OpenAiCall } from '../call.ts'
import { Refusal, badRequest } from '../../../core/errors.ts'
import type { JsonObject } from '../../../core/json.ts'
import { type Model, type ModelKind, findDeployment, lineCostPicoUsd } from '../models.ts'
import { type Reply, jsonReply } from '../../../core/http/reply.ts'
import { answerOf, modelAt, serviceOf } from '../services/services.ts'
import { runRequest } from '../answers/run-request.ts'

/** 2024-07-18, a release date that serves for every model. */
const modelCreatedSeconds = 1_721_172_741

/** A synchronous call: the same answer as a batch line would get, at full price, or half of it in the flex tier. */
export async function answerNow(call: OpenAiCall, endpoint: string, given: JsonObject): Promise<Reply> {
  const { state, profile, deployment } = call
  // In the deployment form the path names the model.
  const named = deployment === '' ? given : { ...given, model: deployment }
  // The tier is how the request is sent, not what is asked: it changes the price and nothing of the answer.
  const { service_tier: tier, ...body } = named
  const name = body['model']
  if (typeof name !== 'string' || name === '') {
    throw badRequest('you must provide a model parameter', null, null)
  }
  const needed = endpoint === '/embeddings' ? 'embedding' : 'chat'
  const model = requireModel(call, name, needed)
  if (model.kind !== needed) {
    throw badRequest(
      `The ${needed} operation does not work with the specified model, ${name}. Please choose different model and try again.`,
      'model',
      'OperationNotSupported',
    )
  }
  if (body['stream'] === true) {
    throw badRequest('This emulator does not stream answers.', 'stream', 'unsupported_value')
  }
  if (tier === 'flex' && !model.flex)
    throw badRequest(
      `Invalid service_tier argument: flex is not available for the model ${name}.`,
      'service_tier',
      'invalid_parameter',
    )
  const hash = bodyHash(body)
  const failOnce = !state.failedOnce.has(hash)
  if (failOnce) state.failedOnce.set(hash, 'synchronous')
  const executed = runRequest(endpoint, body, {
    profile,
    model,
    requestedModel: name,
    digest: hash,
    createdAtSeconds: Math.floor(state.clock.nowMs() / 1000),
    failOnce,
  })
  if (executed.usage) {
    await state.addSyncCharge({
      hash,
      duplicate: state.bill.notePaidHex(hash),
      costPicoUsd: lineCostPicoUsd(model, executed.usage, tier === 'flex' ? 'flex' : 'sync'),
    })
  }
  const plain = tier === 'flex' && executed.usage ? { ...executed.body, service_tier: 'flex' } : executed.body
  const shown = executed.usage ? answerOf(profile, plain, 'realtime') : plain
  return jsonReply(executed.status, shown)
}

function requireModel(call: OpenAiCall, name: string, kind: ModelKind): Model {
  const azure = call.profile === 'azure'
  const model = azure ? findDeployment(name, call.state.deployments(), kind) : modelAt(call.profile, name)
  if (model) return model
  if (azure) {
    throw new Refusal(404, {
      message:
        'The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, please wait a moment and try again.',
      code: 'DeploymentNotFound',
    })
  }
  throw new Refusal(404, {
    message: `The model \`${name}\` does not exist or you do not have access to it.`,
    code: 'model_not_found',
  })
}

function modelObject(model: Model): object {
  return { id: model.name, object: 'model', created: modelCreatedSeconds, owned_by: 'system' }
}

export function listModels(call: OpenAiCall): Reply {
  const data = serviceOf(call.profile).models.map(modelObject)
  // together-ai 0.52, ModelListResponse: a bare list.
  return jsonReply(200, call.profile === 'together' ? data : { object: 'list', data })
}

export function retrieveModel(call: OpenAiCall): Reply {
  return jsonReply(200, modelObject(requireModel(call, call.id, 'chat')))
}
