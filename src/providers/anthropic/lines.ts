import { type Answer, unsureCode } from '../../domain/request.ts'
import type { Completed, Unsure } from '../../ports/provider/realtime.ts'
import type { ReadLine } from '../../ports/provider/wire.ts'
import { asFields, asObjects, asText, type Fields } from '../replies/fields.ts'
import { errorAnswer, errorOf } from './error.ts'
import { readThinkingTokens, readUsage } from './usage.ts'

/**
 * One parsed line of results (Anthropic API reference, Message Batches, results), of which each request of a batch that
 * has ended has one; null when it is not such a line.
 */
export function readLine(value: unknown): ReadLine | null {
  const line = asFields(value)
  const result = asFields(line?.['result'])
  const type = asText(result?.['type'])
  if (line === null || result === null || type === null) return null
  const customId = asText(line['custom_id']) || null
  switch (type) {
    case 'succeeded':
      // What was asked one by one has a tier of its own.
      return { customId, answer: readMessage(result['message'], line['asked'] === 'singly' ? null : 'batch') }
    case 'errored':
      return { customId, answer: errorAnswer(errorOf(result['error'])) }
    case 'canceled':
    case 'cancelled':
      return { customId, answer: notRun('cancelled', 'the batch was cancelled before this request ran') }
    case 'expired':
      return { customId, answer: notRun('expired', 'the batch expired before this request ran') }
    default:
      return {
        customId,
        answer: {
          kind: 'error',
          outcome: 'failed',
          reason: `a result of the kind ${type}`,
          usage: null,
          ran: true,
        },
      }
  }
}

function notRun(outcome: 'cancelled' | 'expired', reason: string): Answer {
  return { kind: 'error', outcome, reason, usage: null, ran: false }
}

const cutReasons: readonly (string | null)[] = ['max_tokens', 'model_context_window_exceeded', 'pause_turn']

function readMessage(value: unknown, tier: 'batch' | null): Answer {
  const message = asFields(value)
  const usage = readUsage(message?.['usage'], tier)
  const blocks = asObjects(message?.['content'])
  if (message === null || blocks === null)
    return {
      kind: 'error',
      outcome: 'invalid',
      reason: `the reply holds no answer (${usage === null ? 'it may have been' : 'it was'} billed)`,
      usage,
      ran: true,
    }
  const stop = asText(message['stop_reason'])
  if (stop === 'refusal') return { kind: 'refusal', reason: refusalWords(message), usage }
  const text = textOf(blocks)
  if (text === '' && blocks.some((block) => asText(block['type'])?.endsWith('tool_use')))
    return { kind: 'refusal', reason: 'the model called a tool instead of answering', usage }
  const cut = cutReasons.includes(stop)
  // Only looked up where somebody asks what became of the words.
  const reasoningTokens = cut || text === '' ? readThinkingTokens(message['usage']) : null
  return { kind: 'text', text, cut, model: asText(message['model']), reasoningTokens, usage }
}

/** Nearly every answer is one block of text; thoughts stand before it. */
function textOf(blocks: readonly Fields[]): string {
  let text = ''
  for (const block of blocks) if (block['type'] === 'text') text += asText(block['text']) ?? ''
  return text
}

function refusalWords(message: Fields): string {
  const details = asFields(message['stop_details'])
  const category = asText(details?.['category'])
  const explanation = asText(details?.['explanation'])
  return ['refusal', category, explanation].filter((part) => part !== null && part !== '').join(': ')
}

/** A line of results for a message that was asked one by one. */
export function outputLine(customId: string, completed: Completed | Unsure): Record<string, unknown> {
  const line = { custom_id: customId, asked: 'singly' }
  if ('unsure' in completed) {
    const error = { type: 'error', error: { type: unsureCode, message: completed.unsure } }
    return { ...line, result: { type: 'errored', error } }
  }
  return completed.status === 200
    ? { ...line, result: { type: 'succeeded', message: completed.body } }
    : { ...line, result: { type: 'errored', error: completed.body } }
}
