import type { Answer } from '../../domain/request.ts'
import { plainText, providerError } from '../http/classify.ts'
import { asFields, asObjects, asText, type Fields } from '../http/fields.ts'
import { calledTool, contentOf, isBlank } from './openai-content.ts'
import { errorAnswer, uselessReply } from './openai-error.ts'
import { responseAnswer } from './openai-response.ts'
import { readReasoningTokens, readUsage } from './openai-usage.ts'
import { readVector } from './openai-vector.ts'
import { parseJson } from '../../planning/text/parse-json.ts'

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
