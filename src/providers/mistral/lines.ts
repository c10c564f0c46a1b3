import type { ReadLine } from '../../ports/provider/wire.ts'
import { asFields, asObjects, asText, type Fields } from '../replies/fields.ts'
import { readReply } from '../openai/openai-answer.ts'
import { errorAnswer } from '../openai/openai-error.ts'
import { errorOf } from './error.ts'
import { readPages } from './ocr.ts'

/**
 * One parsed line of an output or error file, in OpenAI's form (recorded by others in August 2026); null when it is not such
 * a line.
 */
export function readLine(value: unknown): ReadLine | null {
  const line = asFields(value)
  const response = asFields(line?.['response'])
  const customId = asText(line?.['custom_id']) || null
  const lineError = line?.['error'] == null ? null : errorOf(line['error'])
  if (line === null || (response === null && (customId === null || lineError === null))) return null
  const status = response?.['status_code']
  const body = asFields(response?.['body'])
  if (lineError === null && body !== null && (status === 200 || body['choices'] !== undefined))
    return { customId, answer: readPages(body) ?? readReply(withUsualEnd(body)) }
  const error = lineError ?? errorOf(body)
  const isRefused = status === 403 && /guardrail|moderation/i.test(error?.message ?? '')
  const answer = errorAnswer(typeof status === 'number' ? status : null, error)
  return { customId, answer: isRefused ? { ...answer, outcome: 'refused' } : answer }
}

/** Ends that Mistral names alone (@mistralai/mistralai 2.7, FinishReason): the answer is not whole. */
const cutEnds: readonly unknown[] = ['model_length', 'error']

function withUsualEnd(body: Fields): Fields {
  const [choice, ...others] = asObjects(body['choices']) ?? []
  if (choice === undefined || !cutEnds.includes(choice['finish_reason'])) return body
  return { ...body, choices: [{ ...choice, finish_reason: 'length' }, ...others] }
}
