import { bodyHash } from '../../core/answers/body-hash.ts'
import { Refusal, badRequest } from '../../core/errors.ts'
import { parseBody } from '../../core/http/body.ts'
import { type Reply, jsonReply } from '../../core/http/reply.ts'
import { costPicoUsd } from '../../families/claude/models.ts'
import type { BedrockCall } from './call.ts'
import { runClaude } from './claude.ts'
import { findModel } from './models.ts'

/** `POST /model/{id}/invoke` of `bedrock-runtime`: the answer that a record of a job would get, at full price. */
export async function invokeModel(call: BedrockCall): Promise<Reply> {
  const { state } = call
  const model = findModel(call.id)
  if (!model) throw badRequest('The provided model identifier is invalid.')
  const body = parseBody(call.body)
  const hash = bodyHash(body)
  const failOnce = !state.failedOnce.has(hash)
  if (failOnce) state.failedOnce.set(hash, 'synchronous')
  const executed = runClaude(body, model, { digest: hash, failOnce })
  if (executed.usage === null)
    throw new Refusal(executed.status, { message: String(Reflect.get(executed.body, 'message')) })
  const { inputTokens, outputTokens } = executed.usage
  await state.addSyncCharge({
    hash,
    duplicate: state.bill.notePaidHex(hash),
    costPicoUsd: costPicoUsd(model, executed.usage, 'sync'),
  })
  return jsonReply(200, executed.body, {
    'x-amzn-bedrock-input-token-count': String(inputTokens),
    'x-amzn-bedrock-output-token-count': String(outputTokens),
  })
}
