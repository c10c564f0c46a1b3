import { type Json, type JsonObject, isArray, isObject, shown } from '../../../core/json.ts'
import { type Detail, missing } from '../errors.ts'
import { extraFields, objectIn, rangeError, wrong } from './fields.ts'

/** Every name that a chat request can have (Mistral document and @mistralai/mistralai 2.7, ChatCompletionRequest). */
const chatFields = [
  'frequency_penalty',
  'guardrails',
  'max_tokens',
  'messages',
  'metadata',
  'model',
  'n',
  'parallel_tool_calls',
  'prediction',
  'presence_penalty',
  'prompt_cache_key',
  'prompt_mode',
  'random_seed',
  'reasoning_effort',
  'response_format',
  'safe_prompt',
  'service_tier',
  'stop',
  'stream',
  'temperature',
  'tool_choice',
  'tools',
  'top_p',
]

const messageFields: Readonly<Record<string, readonly string[]>> = {
  system: ['role', 'content'],
  user: ['role', 'content'],
  assistant: ['role', 'content', 'tool_calls', 'prefix'],
  tool: ['role', 'content', 'tool_call_id', 'name'],
}

/** Everything that is wrong with a body before its model looks at it. */
export function chatErrors(body: JsonObject): readonly Detail[] {
  const { messages } = body
  const ranges = [
    rangeError(body, 'temperature', { min: 0, max: 1.5 }),
    rangeError(body, 'top_p', { min: 0, max: 1 }),
    rangeError(body, 'max_tokens', { min: 0, max: Infinity, whole: true }),
    rangeError(body, 'n', { min: 1, max: 128, whole: true }),
    rangeError(body, 'random_seed', { min: 0, max: Infinity, whole: true }),
  ]
  return [
    ...extraFields(body, chatFields, ['body']),
    ...ranges.filter((detail) => detail !== null),
    ...(messages === undefined ? [missing('messages')] : messagesErrors(messages)),
    ...formErrors(body['response_format']),
  ]
}

function messagesErrors(messages: Json): readonly Detail[] {
  const loc = ['body', 'messages']
  if (!isArray(messages)) return [wrong('list_type', loc, 'Input should be a valid list', messages)]
  if (messages.length === 0)
    return [wrong('too_short', loc, 'List should have at least 1 item after validation, not 0', messages)]
  return messages.flatMap((message, index) => {
    const at = [...loc, index]
    const role = isObject(message) ? message['role'] : undefined
    const fields =
      typeof role === 'string' && Object.hasOwn(messageFields, role) ? messageFields[role] : undefined
    if (!isObject(message) || typeof role !== 'string' || !fields)
      return [
        wrong(
          'union_tag_invalid',
          at,
          "Input should have a role of 'system', 'user', 'assistant' or 'tool'",
          message,
        ),
      ]
    return extraFields(message, fields, [...at, role])
  })
}

const formTypes: readonly unknown[] = ['text', 'json_object', 'json_schema']

function formErrors(format: Json | undefined): readonly Detail[] {
  if (format === undefined || format === null) return []
  const loc = ['body', 'response_format']
  if (!isObject(format)) return [wrong('model_type', loc, 'Input should be a valid dictionary', format)]
  const { type = 'text' } = format
  if (!formTypes.includes(type))
    return [wrong('enum', [...loc, 'type'], "Input should be 'text', 'json_object' or 'json_schema'", type)]
  if (type !== 'json_schema') return []
  const holder = objectIn(format, 'json_schema')
  return ['name', 'schema']
    .filter((name) => holder?.[name] === undefined)
    .map((name) => wrong('missing', [...loc, 'json_schema', name], 'Field required', holder))
}

/** The model's own objection to the order of the messages; `null`: none. */
export function lastRoleError(body: JsonObject): string | null {
  const last = isArray(body['messages']) ? body['messages'].at(-1) : undefined
  if (!isObject(last)) return null
  const { role, prefix } = last
  if (role === 'user' || role === 'tool' || (role === 'assistant' && prefix === true)) return null
  return `Expected last role User or Tool (or Assistant with prefix True) for serving but got ${shown(role)}`
}
