import { bodyHash } from '../../../core/answers/body-hash.ts'
import { Refusal } from '../../../core/errors.ts'
import { parseBody } from '../../../core/http/body.ts'
import { type Reply, jsonReply } from '../../../core/http/reply.ts'
import { textIn } from '../../../core/json.ts'
import type { XaiCall } from '../call.ts'
import { runChat } from '../chat.ts'
import { costPicoUsd, findModel, knownModels } from '../models.ts'

/** A chat completion at once: the answer that a request of a batch would get, at full price. */
export async function createCompletion(call: XaiCall): Promise<Reply> {
  const { state } = call
  const body = parseBody(call.body)
  const hash = bodyHash(body)
  const failOnce = !state.failedOnce.has(hash)
  if (failOnce) state.failedOnce.set(hash, 'synchronous')
  const createdAtSeconds = Math.floor(state.clock.nowMs() / 1000)
  const executed = runChat(body, { mode: 'realtime', digest: hash, failOnce, createdAtSeconds })
  const model = findModel(textIn(body, 'model'))
  if (executed.usage === null || !model)
    throw new Refusal(executed.status, { message: String(Reflect.get(executed.body, 'error')) })
  await state.addSyncCharge({
    hash,
    duplicate: state.bill.notePaidHex(hash),
    costPicoUsd: costPicoUsd(model, executed.usage, 'realtime'),
  })
  return jsonReply(200, executed.body)
}

/** 2026-01-01, a date that serves for every model. */
const modelCreatedSeconds = 1_767_225_600

export function listModels(): Reply {
  const data = knownModels.map(({ name }) => ({
    id: name,
    object: 'model',
    created: modelCreatedSeconds,
    owned_by: 'xai',
  }))
  return jsonReply(200, { object: 'list', data })
}
