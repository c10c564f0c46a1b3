import { type Answer, unsureCode } from '../domain/request.ts'
import { plainText, providerError, type ProviderError } from './classify.ts'
import { asFields, asObjects, asText, type Fields } from './fields.ts'
import { readUsage } from './openai-usage.ts'
import { readVector } from './openai-vector.ts'

type ErrorAnswer = Extract<Answer, { readonly kind: 'error' }>

/** The answer in the body of a reply that the service calls a success (OpenAI API reference, Chat and Responses). */
export function readReply(body: unknown): Answer {
  const fields = asFields(body)
  const answer = fields && (chatAnswer(fields) ?? responseAnswer(fields) ?? readVector(fields))
  if (answer) return answer
  const error = providerError(body)
  if (error) return errorAnswer(null, error)
  return { kind: 'error', outcome: 'transient', reason: 'the reply holds no answer' }
}

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
  const calls = message?.['tool_calls']
  if (text === '' && Array.isArray(calls) && calls.length > 0)
    return { kind: 'refusal', reason: 'the model called a tool instead of answering', usage }
  return { kind: 'text', text, cut: finish === 'length', model: asText(body['model']), usage }
}

/** A text, or the parts of one, which compatible servers send in a chat completion too. */
function contentOf(content: unknown): string {
  return asText(content) ?? (asObjects(content) ?? []).map((part) => asText(part['text']) ?? '').join('')
}

/** Null when the body is no response. */
function responseAnswer(body: Fields): Answer | null {
  const output = asObjects(body['output'])
  if (output === null) return null
  const usage = readUsage(body['usage'])
  const status = (asText(body['status']) ?? 'completed').toLowerCase()
  const error = body['error'] == null ? null : providerError({ error: body['error'] })
  if (status === 'failed' || error) {
    return error
      ? errorAnswer(null, error)
      : { kind: 'error', outcome: 'transient', reason: 'the response failed without a reason' }
  }
  if (status === 'cancelled' || status === 'canceled')
    return { kind: 'error', outcome: 'cancelled', reason: 'the response was cancelled' }

  const messages = output.filter((item) => (asText(item['type']) ?? 'message') === 'message')
  const parts = messages.flatMap((message) => asObjects(message['content']) ?? [])
  const why = asText(asFields(body['incomplete_details'])?.['reason'])
  const refusal = parts.map((part) => asText(part['refusal'])).find((said) => said)
  if (refusal) return { kind: 'refusal', reason: plainText(refusal), usage }
  if (status === 'incomplete' && why === 'content_filter')
    return { kind: 'refusal', reason: 'content_filter', usage }
  return {
    kind: 'text',
    text: bestText(messages),
    cut: status === 'incomplete',
    model: asText(body['model']),
    usage,
  }
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
    JSON.parse(candidate)
    return true
  } catch {
    return false
  }
}

const transientCodes: ReadonlySet<string> = new Set([
  'server_error',
  'internal_error',
  'internalfailure',
  'internalservererror',
  'request_timeout',
  'timeout',
  'rate_limit_exceeded',
  'rate_limit_error',
  'too_many_requests',
  'toomanyrequests',
  'overloaded',
  'service_unavailable',
])
const filterCodes: ReadonlySet<string> = new Set([
  'content_filter',
  'content_policy_violation',
  'responsibleaipolicyviolation',
  'invalid_prompt',
])

/**
 * What an error on a line means for its request. `status` is the line's own HTTP status, null when it never ran.
 */
export function errorAnswer(status: number | null, error: ProviderError | null): ErrorAnswer {
  const codes = [error?.code.toLowerCase() ?? '', error?.type.toLowerCase() ?? '']
  const reason = reasonOf(status, error)
  if (error?.code === unsureCode) return { kind: 'error', outcome: 'unsure', reason: error.message }
  if (codes.includes('batch_expired')) return { kind: 'error', outcome: 'expired', reason }
  if (codes.includes('batch_cancelled') || codes.includes('batch_canceled'))
    return { kind: 'error', outcome: 'cancelled', reason }
  if (codes.some((code) => filterCodes.has(code))) return { kind: 'error', outcome: 'refused', reason }
  const effective = status ?? numericCode(error)
  if (effective !== null && (effective >= 500 || effective === 429 || effective === 408))
    return { kind: 'error', outcome: 'transient', reason }
  if (codes.some((code) => transientCodes.has(code))) return { kind: 'error', outcome: 'transient', reason }
  // Neither an answer nor a reason: nothing says that the request itself is at fault.
  if (effective === null && error === null) return { kind: 'error', outcome: 'transient', reason }
  return { kind: 'error', outcome: 'failed', reason }
}

/** Some servers give the status as the error's code. */
function numericCode(error: ProviderError | null): number | null {
  return error && /^[1-5]\d\d$/.test(error.code) ? Number(error.code) : null
}

function reasonOf(status: number | null, error: ProviderError | null): string {
  if (!error)
    return status === null
      ? 'the line holds neither an answer nor an error'
      : `status ${status} without a reason`
  const code = error.code === '' ? error.type : error.code
  return plainText(
    [code === '' ? (status === null ? '' : String(status)) : code, error.message]
      .filter((part) => part !== '')
      .join(': '),
  )
}
