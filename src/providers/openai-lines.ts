import type { Answer } from '../domain/request.ts'
import { providerError } from './classify.ts'
import { asFields, asText } from './fields.ts'
import { errorAnswer, readReply } from './openai-answer.ts'

/**
 * One parsed line of an output or error file, whichever of the two it came from: some servers write failures into the
 * output file. A success is status 200 without an error (OpenAI guide, Batch API); null when it is not such a line.
 * Azure leaves out `id`; nothing here needs it, because it is not unique anyway.
 */
export function readLine(value: unknown): { readonly customId: string; readonly answer: Answer } | null {
  const line = asFields(value)
  const customId = asText(line?.['custom_id'])
  if (line === null || customId === null || customId === '') return null
  const response = asFields(line['response'])
  const status = statusOf(response?.['status_code'])
  const { error } = line
  // Nearly every line has none.
  const lineError = error === undefined || error === null ? null : providerError({ error })
  if (lineError) return { customId, answer: errorAnswer(status === 200 ? null : status, lineError) }
  if (status === 200) return { customId, answer: readReply(response?.['body']) }
  return { customId, answer: errorAnswer(status, providerError(response?.['body'])) }
}

/** Some servers write it as a text. */
function statusOf(value: unknown): number | null {
  if (typeof value === 'number') return value
  return typeof value === 'string' && /^\d{3}$/.test(value) ? Number(value) : null
}
