import { type Answer, unsureCode } from '../../domain/request.ts'
import type { Completed, Unsure } from '../../ports/provider/realtime.ts'
import type { ReadLine } from '../../ports/provider/wire.ts'
import { plainText } from '../replies/classify.ts'
import { asCount, asFields, asText, type Fields } from '../replies/fields.ts'
import { readReply } from '../openai/openai-answer.ts'
import { errorAnswer } from '../openai/openai-error.ts'

/**
 * One parsed line of results, a page of which is a list of (xAI's REST reference, List batch results; `@ai-sdk/xai`): always
 * a chat completion, with what it cost, or an error that is a bare text or an object. Null when it is not such a line.
 */
export function readLine(value: unknown): ReadLine | null {
  const line = asFields(value)
  const result = asFields(line?.['batch_result'])
  if (line === null || result === null) return null
  const customId = asText(line['batch_request_id']) || null
  const completion = asFields(result['response'])?.['chat_get_completion']
  if (completion !== undefined && completion !== null)
    return { customId, answer: withCost(readReply(completion), completion) }
  const error = errorOf(result['error'], line['error_message'])
  return error === null ? null : { customId, answer: answerOf(error, line) }
}

/** "Cost is returned in ticks (1e-10 USD)" (xAI document, Batch API), which is a hundred pico-dollars. */
const picoUsdPerTick = 100
/** More than any answer costs; what is above it is no cost. */
const mostTicks = 1e13

/** What the answer says that it was billed at goes before any list of prices. */
function withCost(answer: Answer, completion: unknown): Answer {
  const { usage } = answer
  const ticks = asCount(asFields(asFields(completion)?.['usage'])?.['cost_in_usd_ticks'])
  if (usage === null || ticks === null || ticks > mostTicks) return answer
  return { ...answer, usage: { ...usage, costPicoUsd: ticks * picoUsdPerTick } }
}

interface LineError {
  /** A number of gRPC, where the error is an object. */
  readonly code: number | null
  readonly message: string
}

function errorOf(value: unknown, beside: unknown): LineError | null {
  const fields = asFields(value)
  const message = asText(value) ?? asText(fields?.['message']) ?? asText(beside) ?? ''
  const code = asCount(fields?.['code'])
  return message === '' && (code === null || code === 0) ? null : { code, message }
}

/** gRPC's cancelled. */
const cancelledCode = 1
/** gRPC's deadline exceeded, resource exhausted, internal, unavailable, as statuses. */
const statusOfCode: Readonly<Record<number, number>> = { 4: 504, 8: 429, 13: 500, 14: 503 }

function answerOf({ code, message }: LineError, line: Fields): Answer {
  if (line['unsure'] === true) return errorAnswer(null, { code: unsureCode, type: '', message })
  if (code === cancelledCode || /^batch (?:was )?cancell?ed/i.test(message))
    return line['ended'] === 'expired'
      ? notRun('expired', 'the batch expired before this request ran')
      : notRun('cancelled', 'the batch was cancelled before this request ran')
  if (isAgainstGuidelines(message)) return notRun('refused', plainText(message))
  const status = asCount(line['status']) ?? statusOfCode[code ?? 0] ?? statusOfWords(message)
  return errorAnswer(status, { code: '', type: '', message })
}

function notRun(outcome: 'expired' | 'cancelled' | 'refused', reason: string): Answer {
  return { kind: 'error', outcome, reason, usage: null, ran: false }
}

/** As it was seen live; a 403 in real time, which is about the request and not about the key. */
export function isAgainstGuidelines(message: string): boolean {
  return /violates (?:our )?usage guidelines/i.test(message)
}

/** A bare text has no code: what it says is all there is. */
function statusOfWords(message: string): number | null {
  if (/too many requests|rate limit/i.test(message)) return 429
  return /internal (?:server )?error|unavailable|timed? ?out|deadline exceeded/i.test(message) ? 500 : null
}

/** A line of results for a request that was asked one by one. */
export function outputLine(customId: string, completed: Completed | Unsure): Record<string, unknown> {
  const line = { batch_request_id: customId }
  if ('unsure' in completed) return { ...line, unsure: true, batch_result: { error: completed.unsure } }
  const { status, body } = completed
  if (status === 200) return { ...line, batch_result: { response: { chat_get_completion: body } } }
  const error = asFields(body)?.['error']
  return { ...line, status, batch_result: { error: error ?? `answered ${status}` } }
}
