import { bodyHash } from '../../../core/answers/body-hash.ts'
import type { Executed } from '../../../core/batch/executed.ts'
import { Refusal } from '../../../core/errors.ts'
import { type Reply, jsonReply } from '../../../core/http/reply.ts'
import { type JsonObject, isArray, isObject } from '../../../core/json.ts'
import type { TokenUsage } from '../../../core/records.ts'
import { runEmbed } from '../content/embed.ts'
import { runGenerate } from '../content/generate.ts'
import { promptTokens, readPrompt } from '../content/prompt.ts'
import { refuse } from '../errors.ts'
import { readBodyMessage } from '../json/read-message.ts'
import { type Model, costPicoUsd } from '../models.ts'
import { type GeminiCall, otherModel, requireModel } from './call.ts'

/** An answer at once: what a request of a batch would get, at full price. */
export async function generateContent(call: GeminiCall): Promise<Reply> {
  const model = requireModel(call, 'text')
  const body = readBodyMessage('GenerateContentRequest', call.body)
  return answerNow(call, model, body, (hash, failOnce) =>
    runGenerate(body, { model, digest: hash, failOnce }),
  )
}

async function answerNow(
  call: GeminiCall,
  model: Model,
  body: JsonObject,
  run: (hash: string, failOnce: boolean) => Executed,
): Promise<Reply> {
  return jsonReply(200, (await executeNow(call, model, body, run)).body)
}

/** Runs a request and puts it on the bill. Throws the refusal of the service. */
async function executeNow(
  { state }: GeminiCall,
  model: Model,
  body: JsonObject,
  run: (hash: string, failOnce: boolean) => Executed,
): Promise<Executed & { readonly usage: TokenUsage }> {
  const wrong = otherModel(body, model)
  if (wrong !== null) throw refuse('INVALID_ARGUMENT', wrong)
  const hash = bodyHash(body)
  const failOnce = !state.failedOnce.has(hash)
  if (failOnce) state.failedOnce.set(hash, 'synchronous')
  const executed = run(hash, failOnce)
  const { usage } = executed
  if (usage === null)
    throw new Refusal(executed.status, { message: String(Reflect.get(executed.body, 'message')) })
  await state.addSyncCharge({
    hash,
    duplicate: state.bill.notePaidHex(hash),
    costPicoUsd: costPicoUsd(model, usage, { mode: 'sync', timeMs: state.clock.nowMs() }),
  })
  return { ...executed, usage }
}

/** Free: the tokens of contents, or of a whole request with its instruction and tools. */
export function countTokens(call: GeminiCall): Reply {
  requireModel(call, 'text')
  const body = readBodyMessage('CountTokensRequest', call.body)
  const { contents, generateContentRequest } = body
  if (contents !== undefined && generateContentRequest !== undefined)
    throw refuse('INVALID_ARGUMENT', 'Only one of contents and generate_content_request can be set.')
  const counted = isObject(generateContentRequest) ? generateContentRequest : body
  if (!isArray(counted['contents']) || counted['contents'].length === 0)
    throw refuse('INVALID_ARGUMENT', '* CountTokensRequest.contents: contents is not specified\n')
  const { tokens } = readPrompt(counted)
  return jsonReply(200, {
    totalTokens: tokens,
    promptTokensDetails: [{ modality: 'TEXT', tokenCount: tokens }],
  })
}

export async function embedContent(call: GeminiCall): Promise<Reply> {
  const model = requireModel(call, 'embedding')
  const body = readBodyMessage('EmbedContentRequest', call.body)
  const { body: answer, usage } = await executeNow(call, model, body, (_hash, failOnce) =>
    runEmbed(body, { model, failOnce }),
  )
  return jsonReply(200, { embedding: Reflect.get(answer, 'embedding'), ...usageOf(model, usage.inputTokens) })
}

/** Gemini document, batchEmbedContents. */
const maxEmbedRequests = 100

/** Several texts in one call; each of them is on the bill. */
export async function embedContents(call: GeminiCall): Promise<Reply> {
  const model = requireModel(call, 'embedding')
  const { requests } = readBodyMessage('BatchEmbedContentsRequest', call.body)
  const list = (isArray(requests) ? requests : []).filter((item) => isObject(item))
  if (list.length > maxEmbedRequests)
    throw refuse(
      'INVALID_ARGUMENT',
      `* BatchEmbedContentsRequest.requests: at most ${maxEmbedRequests} requests can be in one batch\n`,
    )
  const embeddings: object[] = []
  let tokens = 0
  for (const body of list) {
    const { body: answer } = await executeNow(call, model, body, (_hash, failOnce) =>
      runEmbed(body, { model, failOnce }),
    )
    embeddings.push(Reflect.get(answer, 'embedding'))
    tokens += promptTokens(body)
  }
  return jsonReply(200, { embeddings, ...usageOf(model, tokens) })
}

/** The older model says nothing of its tokens (recorded). */
function usageOf(model: Model, tokens: number): object {
  if (model.name === 'gemini-embedding-001') return {}
  const promptTokenDetails = [{ modality: 'TEXT', tokenCount: tokens }]
  return { usageMetadata: { promptTokenCount: tokens, promptTokenDetails } }
}
