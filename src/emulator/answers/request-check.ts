import type { ErrorFields } from '../errors.ts'
import { type Json, type JsonObject, isArray, isObject, shown, typeName } from '../json.ts'
import type { Model } from '../models.ts'
import type { Prompt } from './prompt.ts'
import { strictSchemaError } from './strict-schema.ts'

/** What the request wants the answer to look like. */
export type AnswerForm =
  | { readonly kind: 'text' }
  | { readonly kind: 'json' }
  | { readonly kind: 'schema'; readonly schema: JsonObject }

const TEXT_FORM: AnswerForm = { kind: 'text' }

export function answerForm(body: JsonObject, shape: 'chat' | 'responses'): AnswerForm {
  const wrapper = formatOf(body, shape)
  if (!isObject(wrapper)) return TEXT_FORM
  if (wrapper['type'] === 'json_object') return { kind: 'json' }
  if (wrapper['type'] !== 'json_schema') return TEXT_FORM
  const holder = shape === 'chat' ? wrapper['json_schema'] : wrapper
  const schema = isObject(holder) ? holder['schema'] : undefined
  return isObject(schema) ? { kind: 'schema', schema } : { kind: 'json' }
}

function formatOf(body: JsonObject, shape: 'chat' | 'responses'): Json | undefined {
  if (shape === 'chat') return body['response_format']
  return isObject(body['text']) ? body['text']['format'] : undefined
}

/** Longest answer the request allows. */
export function outputLimit(body: JsonObject, model: Model): number {
  const limit = body['max_completion_tokens'] ?? body['max_tokens'] ?? body['max_output_tokens']
  return typeof limit === 'number' ? limit : model.maxOutputTokens
}

/** The 400 that the model API gives for this request, or `null`. */
export function requestError(
  body: JsonObject,
  shape: 'chat' | 'responses',
  model: Model,
  prompt: Prompt,
): ErrorFields | null {
  return (
    turnsError(body, shape) ??
    limitError(body, model) ??
    samplingError(body, model) ??
    formError(body, shape) ??
    contextError(shape, model, prompt)
  )
}

function turnsError(body: JsonObject, shape: 'chat' | 'responses'): ErrorFields | null {
  if (shape === 'responses') {
    const { input } = body
    if (typeof input === 'string' || isArray(input)) return null
    return input === undefined
      ? {
          message: `Missing required parameter: 'input'.`,
          param: 'input',
          code: 'missing_required_parameter',
        }
      : wrongType('input', 'a string or an array', input)
  }
  const { messages } = body
  if (messages === undefined || messages === null) {
    return {
      message: `Missing required parameter: 'messages'.`,
      param: 'messages',
      code: 'missing_required_parameter',
    }
  }
  if (!isArray(messages)) return wrongType('messages', 'an array of objects', messages)
  if (messages.length === 0) {
    return {
      message: `Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.`,
      param: 'messages',
      code: 'empty_array',
    }
  }
  return firstMessageError(messages)
}

const ROLES: readonly unknown[] = ['system', 'assistant', 'user', 'function', 'tool', 'developer']

function firstMessageError(messages: readonly Json[]): ErrorFields | null {
  for (const [index, message] of messages.entries()) {
    if (!isObject(message)) return wrongType(`messages[${index}]`, 'an object', message)
    if (!ROLES.includes(message['role'])) {
      return {
        message: `Invalid value: '${shown(message['role'])}'. Supported values are: 'system', 'assistant', 'user', 'function', 'tool', and 'developer'.`,
        param: `messages[${index}].role`,
        code: 'invalid_value',
      }
    }
    const { content } = message
    if (typeof content === 'string' || isArray(content)) continue
    if (message['role'] === 'assistant' && (content === null || content === undefined)) continue
    return wrongType(`messages[${index}].content`, 'a string', content)
  }
  return null
}

function wrongType(name: string, expected: string, value: Json | undefined): ErrorFields {
  return {
    message: `Invalid type for '${name}': expected ${expected}, but got ${typeName(value)} instead.`,
    param: name,
    code: 'invalid_type',
  }
}

function limitError(body: JsonObject, model: Model): ErrorFields | null {
  for (const name of ['max_tokens', 'max_completion_tokens', 'max_output_tokens']) {
    const limit = body[name]
    if (limit === undefined || limit === null) continue
    if (name === 'max_tokens' && model.reasoning) {
      return {
        message: `Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.`,
        param: name,
        code: 'unsupported_parameter',
      }
    }
    if (typeof limit !== 'number' || !Number.isInteger(limit)) return wrongType(name, 'an integer', limit)
    if (limit < 1) {
      return {
        message: `Invalid '${name}': integer below minimum value. Expected a value >= 1, but got ${limit} instead.`,
        param: name,
        code: 'integer_below_min_value',
      }
    }
    if (limit > model.maxOutputTokens) {
      return {
        message: `${name} is too large: ${limit}. This model supports at most ${model.maxOutputTokens} completion tokens, whereas you provided ${limit}.`,
        param: name,
        code: 'invalid_value',
      }
    }
  }
  return null
}

const MAX_TEMPERATURE = 2

function samplingError(body: JsonObject, model: Model): ErrorFields | null {
  const { temperature } = body
  if (temperature === undefined || temperature === null) return null
  if (typeof temperature !== 'number') return wrongType('temperature', 'a decimal', temperature)
  if (temperature < 0 || temperature > MAX_TEMPERATURE) {
    const side =
      temperature < 0 ? ['below minimum', '>= 0', 'below_min'] : ['above maximum', '<= 2', 'above_max']
    return {
      message: `Invalid 'temperature': decimal ${side[0]} value. Expected a value ${side[1]}, but got ${temperature} instead.`,
      param: 'temperature',
      code: `decimal_${side[2]}_value`,
    }
  }
  if (model.reasoning && temperature !== 1) {
    return {
      message: `Unsupported value: 'temperature' does not support ${temperature} with this model. Only the default (1) value is supported.`,
      param: 'temperature',
      code: 'unsupported_value',
    }
  }
  return null
}

/** Names of schemas (OpenAI document, ResponseFormatJsonSchema). */
const SCHEMA_NAME = /^[a-zA-Z0-9_-]{1,64}$/

function formError(body: JsonObject, shape: 'chat' | 'responses'): ErrorFields | null {
  const wrapper = formatOf(body, shape)
  if (wrapper === undefined || wrapper === null) return null
  const param = shape === 'chat' ? 'response_format' : 'text.format'
  if (!isObject(wrapper)) return wrongType(param, 'an object', wrapper)
  const { type } = wrapper
  if (type === 'text') return null
  if (type === 'json_object') return mentionsJson(body, shape)
  if (type !== 'json_schema') {
    return {
      message: `Invalid value: '${shown(type)}'. Supported values are: 'json_object', 'json_schema', and 'text'.`,
      param: `${param}.type`,
      code: 'invalid_value',
    }
  }
  const inner = shape === 'chat' ? wrapper['json_schema'] : wrapper
  const innerParam = shape === 'chat' ? `${param}.json_schema` : param
  if (!isObject(inner)) return missing(innerParam)
  const { name, schema, strict } = inner
  if (name === undefined) return missing(`${innerParam}.name`)
  if (typeof name !== 'string' || !SCHEMA_NAME.test(name)) {
    return {
      message: `Invalid '${innerParam}.name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.`,
      param: `${innerParam}.name`,
      code: 'invalid_value',
    }
  }
  if (!isObject(schema))
    return shape === 'responses' || strict === true ? missing(`${innerParam}.schema`) : null
  if (strict !== true) return null
  const wrong = schema['type'] === 'object' ? strictSchemaError(schema) : rootTypeError(schema)
  if (wrong === null) return null
  return {
    message: `Invalid schema for response_format '${name}': ${wrong}`,
    param: shape === 'chat' ? 'response_format' : 'text.format.schema',
    code: shape === 'chat' ? null : 'invalid_json_schema',
  }
}

function rootTypeError(schema: JsonObject): string {
  const type = typeof schema['type'] === 'string' ? schema['type'] : 'None'
  return `schema must be a JSON Schema of 'type: "object"', got 'type: "${type}"'.`
}

function missing(param: string): ErrorFields {
  return { message: `Missing required parameter: '${param}'.`, param, code: 'missing_required_parameter' }
}

/** JSON mode wants the word in the context (OpenAI guide, JSON mode). */
function mentionsJson(body: JsonObject, shape: 'chat' | 'responses'): ErrorFields | null {
  const name = shape === 'chat' ? 'messages' : 'input'
  const text = JSON.stringify([body[name], body['instructions']])
  if (/json/i.test(text)) return null
  const format = shape === 'chat' ? 'response_format' : 'text.format'
  return {
    message: `'${name}' must contain the word 'json' in some form, to use '${format}' of type 'json_object'.`,
    param: name,
  }
}

function contextError(shape: 'chat' | 'responses', model: Model, prompt: Prompt): ErrorFields | null {
  if (prompt.tokens <= model.contextTokens) return null
  return contextLengthError(shape === 'chat' ? 'messages' : 'input', model.contextTokens, prompt.tokens)
}

export function contextLengthError(param: string, window: number, tokens: number): ErrorFields {
  return {
    message: `This model's maximum context length is ${window} tokens. However, your messages resulted in ${tokens} tokens. Please reduce the length of the messages.`,
    param,
    code: 'context_length_exceeded',
  }
}
