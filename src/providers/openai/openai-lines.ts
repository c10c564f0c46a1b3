import type { Answer } from '../../domain/request.ts'
import type { ReadLine } from '../../ports/provider/wire.ts'
import { providerError } from '../http/classify.ts'
import { asFields, asText, type Fields } from '../http/fields.ts'
import { readReply, unwrapped } from './openai-answer.ts'
import { errorAnswer } from './openai-error.ts'
import { readUsage } from './openai-usage.ts'

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
