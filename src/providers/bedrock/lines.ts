import { unsureCode } from '../../domain/request.ts'
import type { Completed, Unsure } from '../../ports/provider/realtime.ts'
import type { ReadLine } from '../../ports/provider/wire.ts'
import { errorAnswer } from '../anthropic/error.ts'
import { readLine as readClaude } from '../anthropic/lines.ts'
import { asFields, asText, type Fields } from '../replies/fields.ts'

/**
 * One parsed line of an output object (AWS document, Bedrock, Batch inference, view results): the record's id, its whole
 * input once more, and its message or its error; null when it is not such a line.
 */
export function readLine(value: unknown): ReadLine | null {
  const line = asFields(value)
  if (line === null) return null
  const customId = asText(line['recordId']) || null
  const error = asFields(line['error'])
  if (error !== null) return { customId, answer: errorAnswer(errorOf(error)) }
  const message = line['modelOutput']
  if (message === undefined) return null
  // What a service tier would be told of is Anthropic's own: Bedrock names none.
  const read = readClaude({ asked: 'singly', result: { type: 'succeeded', message } })
  return read && { customId, answer: read.answer }
}

/** Statuses that say that the service was in trouble, and not the record. */
const transient: ReadonlySet<string> = new Set(['408', '424', '429', '500', '502', '503', '504', '529'])

function errorOf(error: Fields): { readonly type: string; readonly message: string } {
  const { errorCode } = error
  const code = typeof errorCode === 'number' ? String(errorCode) : (asText(errorCode) ?? '')
  const type = transient.has(code) ? 'api_error' : code
  return { type, message: asText(error['errorMessage']) ?? '' }
}

/** A line of results for a record that was asked one by one. */
export function outputLine(recordId: string, completed: Completed | Unsure): Record<string, unknown> {
  if ('unsure' in completed)
    return { recordId, error: { errorCode: unsureCode, errorMessage: completed.unsure } }
  if (completed.status === 200) return { recordId, modelOutput: completed.body }
  const errorMessage = asText(asFields(completed.body)?.['message']) ?? ''
  return { recordId, error: { errorCode: completed.status, errorMessage } }
}
