import type { ErrorFields } from '../../../core/errors.ts'
import { type JsonObject, isArray, isObject, shown, textIn } from '../../../core/json.ts'
import { formatOf } from '../../../families/chat/answer-form.ts'
import { type Shape, missing, wrongType } from './field-errors.ts'
import { strictSchemaError } from './strict-schema.ts'

/** Names of schemas (OpenAI document, ResponseFormatJsonSchema). */
const schemaName = /^[a-zA-Z0-9_-]{1,64}$/

/** The problem of the form that a request wants its answer in, or `null`. */
export function formError(body: JsonObject, shape: Shape): ErrorFields | null {
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
  if (typeof name !== 'string' || !schemaName.test(name)) {
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

/** JSON mode wants the word in the context (OpenAI guide, JSON mode). */
function mentionsJson(body: JsonObject, shape: Shape): ErrorFields | null {
  const name = shape === 'chat' ? 'messages' : 'input'
  const text = JSON.stringify([body[name], body['instructions']])
  if (/json/i.test(text)) return null
  const format = shape === 'chat' ? 'response_format' : 'text.format'
  return {
    message: `'${name}' must contain the word 'json' in some form, to use '${format}' of type 'json_object'.`,
    param: name,
  }
}

/** The problem of the parameters of a tool that is strict, or `null` (OpenAI guide, Function calling, strict mode). */
export function toolsError(body: JsonObject, shape: Shape): ErrorFields | null {
  for (const [index, tool] of (isArray(body['tools']) ? body['tools'] : []).entries()) {
    const holder = shape === 'chat' && isObject(tool) ? tool['function'] : tool
    if (!isObject(holder) || holder['strict'] !== true || !isObject(holder['parameters'])) continue
    const { parameters } = holder
    const wrong = parameters['type'] === 'object' ? strictSchemaError(parameters) : rootTypeError(parameters)
    if (wrong === null) continue
    return {
      message: `Invalid schema for function '${textIn(holder, 'name')}': ${wrong}`,
      param: `tools[${index}]${shape === 'chat' ? '.function' : ''}.parameters`,
      code: 'invalid_function_parameters',
    }
  }
  return null
}
