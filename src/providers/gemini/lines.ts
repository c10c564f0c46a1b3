import { type Answer, type Usage, unsureCode } from '../../domain/request.ts'
import type { Completed, Unsure } from '../../ports/provider/realtime.ts'
import type { ReadLine } from '../../ports/provider/wire.ts'
import { asFields, asObjects, asText, type Fields } from '../replies/fields.ts'
import { errorAnswer, errorOf } from './error.ts'
import { countOf, readThoughtTokens, readUsage } from './usage.ts'

/**
 * One parsed line of results: the key that its request had, and a response or an error (Gemini document, Batch API). The
 * key decides whose it is, never its place; null when it is not such a line.
 */
export function readLine(value: unknown): ReadLine | null {
  const line = asFields(value)
  if (line === null) return null
  const { key, response, error } = line
  const customId = asText(key) || null
  const reply = asFields(response)
  if (reply !== null) return { customId, answer: readReply(reply) }
  if (error == null && customId === null) return null
  return { customId, answer: errorAnswer(errorOf(error)) }
}

/** The answer in a GenerateContentResponse or an EmbedContentResponse. */
function readReply(reply: Fields): Answer {
  const embedding = asFields(reply['embedding'])
  if (embedding !== null) return readVector(embedding, reply)
  const usage = readUsage(reply['usageMetadata'])
  const [candidate] = asObjects(reply['candidates']) ?? []
  if (candidate !== undefined) return readCandidate(candidate, reply, usage)
  const feedback = asFields(reply['promptFeedback'])
  const blocked = asText(feedback?.['blockReason'])
  if (blocked !== null) return { kind: 'refusal', reason: `prompt blocked: ${blocked}`, usage }
  return useless('the reply holds no candidate', usage)
}

const cutReasons: readonly (string | null)[] = ['MAX_TOKENS', 'OTHER', 'MALFORMED_RESPONSE']
/** The answer is as it was meant, or nothing was said of it. */
const goodReasons: readonly (string | null)[] = ['STOP', 'FINISH_REASON_UNSPECIFIED', null]
const toolReasons: readonly (string | null)[] = [
  'MALFORMED_FUNCTION_CALL',
  'UNEXPECTED_TOOL_CALL',
  'TOO_MANY_TOOL_CALLS',
  'MISSING_THOUGHT_SIGNATURE',
]
const calledTool = 'the model called a tool instead of answering'

function readCandidate(candidate: Fields, reply: Fields, usage: Usage | null): Answer {
  const finish = asText(candidate['finishReason'])
  const parts = asObjects(asFields(candidate['content'])?.['parts']) ?? []
  const text = textOf(parts)
  const isGood = goodReasons.includes(finish)
  if (toolReasons.includes(finish) || (text === '' && isGood && parts.some(isCall)))
    return { kind: 'refusal', reason: calledTool, usage }
  const cut = cutReasons.includes(finish)
  // Whatever else ends an answer withholds it: SAFETY, RECITATION, BLOCKLIST, PROHIBITED_CONTENT, SPII, LANGUAGE …
  if (!isGood && !cut) {
    const words = asText(candidate['finishMessage'])
    return { kind: 'refusal', reason: words ? `${finish}: ${words}` : (finish ?? ''), usage }
  }
  if (text === '' && finish === 'OTHER') return useless('the model stopped for no told reason', usage)
  // Only looked up where somebody asks what became of the words.
  const reasoningTokens = cut || text === '' ? readThoughtTokens(reply['usageMetadata']) : null
  return { kind: 'text', text, cut, model: asText(reply['modelVersion']), reasoningTokens, usage }
}

function isCall(part: Fields): boolean {
  return asFields(part['functionCall']) !== null
}

/** Nearly every answer is one part; thoughts that are shown stand before it. */
function textOf(parts: readonly Fields[]): string {
  let text = ''
  for (const part of parts) if (part['thought'] !== true) text += asText(part['text']) ?? ''
  return text
}

/** The tokens stand beside the vector in a line, and in a usage where it was asked for at once. */
function readVector({ values }: Fields, reply: Fields): Answer {
  const inputTokens =
    countOf(reply['tokenCount']) ?? countOf(asFields(reply['usageMetadata'])?.['promptTokenCount'])
  const usage = inputTokens === null ? null : { inputTokens, cachedTokens: 0, outputTokens: 0 }
  return isVector(values)
    ? { kind: 'vector', vector: values, model: asText(reply['modelVersion']), usage }
    : useless('the vector of the reply cannot be read', usage)
}

function isVector(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.length > 0 && value.every(Number.isFinite)
}

/** A reply that the service calls a success, and that holds nothing to use. */
function useless(reason: string, usage: Usage | null): Answer {
  const billed = `(${usage === null ? 'it may have been' : 'it was'} billed)`
  return { kind: 'error', outcome: 'invalid', reason: `${reason} ${billed}`, usage, ran: true }
}

/** A line of results for a request that was asked at once. */
export function outputLine(customId: string, completed: Completed | Unsure): Record<string, unknown> {
  if ('unsure' in completed) return { key: customId, error: { code: unsureCode, message: completed.unsure } }
  const { status, body } = completed
  return status === 200
    ? { key: customId, response: body }
    : { key: customId, error: asFields(body)?.['error'] ?? { code: status, message: '' } }
}
