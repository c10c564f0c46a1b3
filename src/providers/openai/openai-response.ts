import type { Answer } from '../../domain/request.ts'
import { plainText, providerError } from '../replies/classify.ts'
import { asFields, asObjects, asText, type Fields } from '../replies/fields.ts'
import { errorAnswer, uselessReply } from './openai-error.ts'
import { readReasoningTokens, readUsage } from './openai-usage.ts'
import { parseJson } from '../../planning/text/parse-json.ts'

/** The answer in a response (OpenAI API reference, Responses); null when the body is none. */
export function responseAnswer(body: Fields): Answer | null {
  const output = asObjects(body['output'])
  if (output === null) return null
  const usage = readUsage(body['usage'])
  const status = (asText(body['status']) ?? 'completed').toLowerCase()
  const error = body['error'] == null ? null : providerError({ error: body['error'] })
  if (error) return errorAnswer(null, error, usage)
  if (status === 'failed') return uselessReply('the response failed without a reason', usage)
  if (status === 'cancelled' || status === 'canceled')
    return {
      kind: 'error',
      outcome: 'cancelled',
      reason: 'the response was cancelled',
      usage,
      ran: usage !== null,
    }

  const messages = output.filter((item) => typeOf(item) === 'message')
  const parts = messages.flatMap((message) => asObjects(message['content']) ?? [])
  const why = asText(asFields(body['incomplete_details'])?.['reason'])
  const refusal = parts.map((part) => asText(part['refusal'])).find((said) => said)
  if (refusal) return { kind: 'refusal', reason: plainText(refusal), usage }
  if (status === 'incomplete' && why === 'content_filter')
    return { kind: 'refusal', reason: 'content_filter', usage }
  const text = bestText(messages)
  if (text === '' && status !== 'incomplete' && output.some((item) => callTypes.has(typeOf(item))))
    return { kind: 'refusal', reason: calledTool, usage }
  const cut = status === 'incomplete'
  const reasoningTokens = cut || isBlank(text) ? readReasoningTokens(body['usage']) : null
  return { kind: 'text', text, cut, model: asText(body['model']), reasoningTokens, usage }
}

/** Calls that somebody outside would have to carry out; others, as a search in the web, the service makes itself. */
const callTypes: ReadonlySet<string> = new Set(['function_call', 'custom_tool_call'])

function typeOf(item: Fields): string {
  return asText(item['type']) ?? 'message'
}

/**
 * The text of the message that is the answer. Usually there is one; where a thinking model sent several, the first
 * may be a torn draft or a comment, so the first whole one counts: JSON that parses, then what the service calls
 * final or completed.
 */
function bestText(messages: readonly Fields[]): string {
  const candidates = messages.map((item) => ({
    text: contentOf(asObjects(item['content'])),
    final: item['phase'] === 'final_answer',
    whole:
      item['phase'] !== 'commentary' && item['status'] !== 'incomplete' && item['status'] !== 'in_progress',
  }))
  if (candidates.length <= 1) return candidates[0]?.text ?? ''
  const best =
    candidates.find((candidate) => isJsonValue(candidate.text)) ??
    candidates.find((candidate) => candidate.final && candidate.text !== '') ??
    candidates.find((candidate) => candidate.whole && candidate.text !== '') ??
    candidates.find((candidate) => candidate.text !== '')
  return best?.text ?? ''
}

/** An object or a list: a bare word that happens to be JSON says nothing. */
function isJsonValue(candidate: string): boolean {
  if (!/^\s*[[{]/.test(candidate)) return false
  try {
    parseJson(candidate)
    return true
  } catch {
    return false
  }
}

/** A text, or the parts of one, which compatible servers send in a chat completion too. */
export function contentOf(content: unknown): string {
  return asText(content) ?? (asObjects(content) ?? []).map((part) => asText(part['text']) ?? '').join('')
}

/** Why an answer without words is none, in either endpoint. */
export const calledTool = 'the model called a tool instead of answering'

/** Whether a text says nothing. Told of short ones only: to look through every answer would cost more than all else. */
export function isBlank(text: string): boolean {
  return text.length < longestBlank && text.trim() === ''
}

const longestBlank = 64
