import { plainText, providerError } from '../replies/classify.ts'
import { asFields, asObjects, asText, type Fields } from '../replies/fields.ts'
import { calledTool, contentOf, isBlank, responseAnswer } from './openai-response.ts'
import { errorAnswer, uselessReply } from './openai-error.ts'
import { readReasoningTokens, readUsage, readInputUsage } from './openai-usage.ts'
import { parseJson } from '../../planning/text/parse-json.ts'
import type { Answer } from '../../domain/request.ts'
import type { ReadLine } from '../../ports/provider/wire.ts'

/**
 * The answer in the body of a reply that the service calls a success (OpenAI API reference, Chat and Responses). A
 * body that a gateway has wrapped as the text of its JSON is unwrapped.
 */
export function readReply(body: unknown): Answer {
  const fields = asFields(unwrapped(body))
  if (fields === null) return uselessReply('the reply holds no answer', null)
  const answer = chatAnswer(fields) ?? responseAnswer(fields) ?? readVector(fields) ?? noAnswer(fields)
  return answer.usage !== null && isDear(fields)
    ? { ...answer, usage: { ...answer.usage, isOtherTier: true } }
    : answer
}

/** Mistral tells the tier within the usage (@mistralai/mistralai 2.7, UsageInfo). */
function isDear({ service_tier: tier, usage }: Fields): boolean {
  return dearTiers.has(tier) || dearTiers.has(asFields(usage)?.['service_tier'])
}

/**
 * Tiers that nobody asks for here, and that cost more than real time: the `priority` of OpenAI, xAI and Mistral, which a project may
 * have as its default, and Groq's `performance` (openai 7.59, groq-sdk 1.6, `service_tier`). `default` and `on_demand` say
 * nothing: OpenAI writes the one in batches as well, and what Groq writes there is not known.
 */
const dearTiers: ReadonlySet<unknown> = new Set(['priority', 'performance'])

/** Null when the body is no chat completion. */
function chatAnswer(body: Fields): Answer | null {
  const [choice] = asObjects(body['choices']) ?? []
  if (!choice) return null
  const usage = readUsage(body['usage'])
  const message = asFields(choice['message'])
  const finish = asText(choice['finish_reason'])
  const refusal = asText(message?.['refusal'])
  if (refusal) return { kind: 'refusal', reason: plainText(refusal), usage }
  if (finish === 'content_filter') return { kind: 'refusal', reason: 'content_filter', usage }
  const text = contentOf(message?.['content'])
  if (text === '') {
    const error = choice['error'] == null ? null : providerError({ error: choice['error'] })
    if (error) return errorAnswer(null, error, usage)
    const calls = message?.['tool_calls']
    if ((Array.isArray(calls) && calls.length > 0) || message?.['function_call'] != null)
      return { kind: 'refusal', reason: calledTool, usage }
  }
  const cut = finish === 'length'
  // Only looked up where somebody asks what became of the words.
  const reasoningTokens = cut || isBlank(text) ? readReasoningTokens(body['usage']) : null
  return { kind: 'text', text, cut, model: asText(body['model']), reasoningTokens, usage }
}

/**
 * A reply without any answer. Azure sends one with no choice beside the notes of its content filter, and bills it
 * (InternLM/MindSearch#310); asking again would buy the same.
 */
function noAnswer(body: Fields): Answer {
  const usage = readUsage(body['usage'])
  const error = providerError(body)
  if (error) return errorAnswer(null, error, usage)
  if (!Array.isArray(body['choices'])) return uselessReply('the reply holds no answer', usage)
  const notes = asObjects(body['prompt_filter_results']) ?? []
  return usage !== null && notes.length > 0
    ? {
        kind: 'refusal',
        reason: 'the reply holds no choice, only notes of a content filter (it was billed)',
        usage,
      }
    : uselessReply('the reply holds no choice', usage)
}

/** The body of a reply, out of the text of its JSON too; a text that is none is left as it is. */
export function unwrapped(body: unknown): unknown {
  if (typeof body !== 'string') return body
  try {
    return parseJson(body)
  } catch {
    return body
  }
}

const bytesPerNumber = 4

/** The one vector in the body of a reply, as base64 or as numbers; null when the body is no such reply. */
export function readVector(body: Fields): Answer | null {
  const [only, ...more] = asObjects(body['data']) ?? []
  const embedding = only?.['embedding']
  if (more.length > 0 || (typeof embedding !== 'string' && !Array.isArray(embedding))) return null
  const vector = typeof embedding === 'string' ? numbersOf(embedding) : embedding
  const usage = readInputUsage(body['usage'])
  if (!isVector(vector)) return uselessReply('the vector of the reply cannot be read', usage)
  return { kind: 'vector', vector, model: asText(body['model']), usage }
}

/** 32-bit floats, little-endian (OpenAI API reference, Embeddings); null when the bytes do not come out even. */
function numbersOf(base64: string): readonly number[] | null {
  const bytes = Buffer.from(base64, 'base64')
  if (bytes.length === 0 || bytes.length % bytesPerNumber !== 0) return null
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const numbers: number[] = []
  for (let at = 0; at < bytes.length; at += bytesPerNumber) numbers.push(view.getFloat32(at, true))
  return numbers
}

function isVector(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every(Number.isFinite)
}

/**
 * One parsed line of an output or error file, whichever of the two it came from: some servers write failures into the
 * output file. A success is status 200 without an error (OpenAI guide, Batch API); null when it is not such a line.
 * Azure leaves out `id`; nothing here needs it, because it is not unique anyway.
 */
export function readLine(value: unknown): ReadLine | null {
  const line = asFields(value)
  if (line === null) return null
  const customId = asText(line['custom_id']) || null
  const response = asFields(line['response'])
  const status = statusOf(response?.['status_code'])
  const { error } = line
  // Nearly every line has none.
  const lineError = error === undefined || error === null ? null : providerError({ error })
  if (status === 200 && lineError === null) return { customId, answer: readReply(response?.['body']) }
  if (!isOurs(line, customId, response)) return null
  const body = unwrapped(response?.['body'])
  if (lineError) return { customId, answer: errorAnswer(status, lineError, usageIn(body)) }
  return { customId, answer: unsuccessful(status, body) }
}

/** The line of another service may have a `custom_id` or a `response` too, but not with what these hold here. */
function isOurs(line: Fields, customId: string | null, response: Fields | null): boolean {
  if (response) return 'status_code' in response || 'body' in response
  return customId !== null && ('response' in line || 'error' in line)
}

function unsuccessful(status: number | null, body: unknown): Answer {
  const error = providerError(body)
  // A gateway that leaves out the status has sent what was asked for nevertheless.
  if (status === null && error === null && asFields(body) !== null) return readReply(body)
  return errorAnswer(status, error, usageIn(body))
}

function usageIn(body: unknown): ReturnType<typeof readUsage> {
  return readUsage(asFields(body)?.['usage'])
}

/** Some servers write it as a text. */
function statusOf(value: unknown): number | null {
  if (typeof value === 'number') return value
  return typeof value === 'string' && /^\d{3}$/.test(value) ? Number(value) : null
}
