import type { AnswerForm } from '../../core/answers/answer-form.ts'
import { type Json, type JsonObject, isObject } from '../../core/json.ts'

const textForm: AnswerForm = { kind: 'text' }

export function answerForm(body: JsonObject, shape: 'chat' | 'responses'): AnswerForm {
  const wrapper = formatOf(body, shape)
  if (!isObject(wrapper)) return textForm
  if (wrapper['type'] === 'json_object') return { kind: 'json' }
  if (wrapper['type'] !== 'json_schema') return textForm
  const holder = shape === 'chat' ? wrapper['json_schema'] : wrapper
  const schema = isObject(holder) ? holder['schema'] : undefined
  return isObject(schema) ? { kind: 'schema', schema } : { kind: 'json' }
}

/** The request's field about the form of its answer. */
export function formatOf(body: JsonObject, shape: 'chat' | 'responses'): Json | undefined {
  if (shape === 'chat') return body['response_format']
  return isObject(body['text']) ? body['text']['format'] : undefined
}
