import { type Json, type JsonObject, isArray, isObject, shown } from '../../core/json.ts'
import type { Model } from './models.ts'
import type { ReadPrompt } from './prompt.ts'

/** The problem of a body before its model is known, or `null`; the wording of the service as far as it was seen. */
export function shapeError(body: JsonObject): string | null {
  for (const name of ['model', 'max_tokens', 'messages']) {
    if (body[name] === undefined) return `${name}: Field required`
  }
  if (typeof body['model'] !== 'string') return 'model: Input should be a valid string'
  const { max_tokens: limit, messages } = body
  if (typeof limit !== 'number' || !Number.isInteger(limit))
    return 'max_tokens: Input should be a valid integer'
  if (limit < 1) return 'max_tokens: Input should be greater than or equal to 1'
  if (!isArray(messages)) return 'messages: Input should be a valid list'
  if (messages.length === 0) return 'messages: at least one message is required'
  return extraError(body) ?? systemError(body['system']) ?? firstMessageError(messages)
}

/** Every name that a request can have: of the SDK 1.14, with the sampling that its types have dropped. */
const knownNames: readonly string[] = [
  'bill_to',
  'cache_control',
  'container',
  'diagnostics',
  'inference_geo',
  'max_tokens',
  'messages',
  'metadata',
  'model',
  'output_config',
  'service_tier',
  'speed',
  'stop_sequences',
  'stream',
  'system',
  'temperature',
  'thinking',
  'tool_choice',
  'tools',
  'top_k',
  'top_p',
  'user_profile_id',
  'workspace_id',
]

/** As it was seen in issues, for names that are not known. */
function extraError(body: JsonObject): string | null {
  const name = Object.keys(body).find((given) => !knownNames.includes(given))
  return name === undefined ? null : `${name}: Extra inputs are not permitted`
}

function systemError(system: Json | undefined): string | null {
  if (system === undefined || typeof system === 'string' || isArray(system)) return null
  return 'system: Input should be a valid string or list'
}

const knownRoles: readonly unknown[] = ['user', 'assistant', 'system']

function firstMessageError(messages: readonly Json[]): string | null {
  for (const [index, message] of messages.entries()) {
    const at = `messages.${index}`
    if (!isObject(message)) return `${at}: Input should be a valid dictionary`
    if (!knownRoles.includes(message['role']))
      return `${at}.role: Input should be 'user', 'assistant' or 'system'`
    const { content } = message
    if (content === undefined) return `${at}.content: Field required`
    if (typeof content !== 'string' && !isArray(content)) return `${at}.content: Input should be a valid list`
    if (content === '') return `${at}: all messages must have non-empty content`
  }
  return null
}

/** The 400 that a model gives for a body of good shape, or `null`. */
export function modelError(body: JsonObject, model: Model, prompt: ReadPrompt): string | null {
  return (
    samplingError(body, model) ??
    limitError(body, model) ??
    thinkingError(body) ??
    formatError(body) ??
    pagesError(model, prompt) ??
    contextError(model, prompt)
  )
}

/** Anthropic document, PDF support: pages of a request, and of one to a model with a small window; the text as it was seen in issues. */
const mostPages = { usual: 600, smallWindow: 100 } as const
const smallWindowTokens = 200_000

function pagesError({ contextTokens }: Model, { pages }: ReadPrompt): string | null {
  const most = contextTokens <= smallWindowTokens ? mostPages.smallWindow : mostPages.usual
  return pages <= most ? null : `A maximum of ${most} PDF pages may be provided.`
}

/** Current models refuse values other than the default (ten live runs of October 2026); the wording is our own. */
function samplingError(body: JsonObject, { takesSampling, name }: Model): string | null {
  const param = ['temperature', 'top_p', 'top_k'].find((known) => isGiven(body, known))
  if (param === undefined) return null
  if (takesSampling) return param === 'temperature' ? temperatureError(body['temperature']) : null
  if (body[param] === 1 && param !== 'top_k') return null
  return `\`${param}\` is not supported by ${name}`
}

function temperatureError(temperature: Json | undefined): string | null {
  return typeof temperature === 'number' && temperature >= 0 && temperature <= 1
    ? null
    : 'temperature: range: 0..1'
}

function limitError(body: JsonObject, { name, maxOutputTokens }: Model): string | null {
  const limit = Number(body['max_tokens'])
  return limit > maxOutputTokens
    ? `max_tokens: ${limit} > ${maxOutputTokens}, which is the maximum allowed number of output tokens for ${name}`
    : null
}

/** Anthropic document, Extended thinking: the budget is at least 1,024 and below `max_tokens`. */
const minThinkingTokens = 1024

function thinkingError(body: JsonObject): string | null {
  const { thinking } = body
  if (!isObject(thinking) || thinking['type'] !== 'enabled') return null
  const budget = thinking['budget_tokens']
  if (typeof budget !== 'number' || budget < minThinkingTokens)
    return `thinking.enabled.budget_tokens: Input should be greater than or equal to ${minThinkingTokens}`
  return budget >= Number(body['max_tokens'])
    ? '`max_tokens` must be greater than `thinking.budget_tokens`'
    : null
}

function formatError(body: JsonObject): string | null {
  const config = body['output_config']
  const format = isObject(config) ? config['format'] : undefined
  if (!isObject(format)) return null
  if (format['type'] !== 'json_schema') return `output_config.format.type: Input should be 'json_schema'`
  const { schema } = format
  if (!isObject(schema)) return 'output_config.format.schema: Field required'
  if (refersToItself(schema)) return 'output_config.format.schema: Recursive schemas are not supported'
  const open = openObject(schema, 'schema', 0)
  return open === null
    ? null
    : `output_config.format.${open}: For 'object' type, 'additionalProperties' must be explicitly set to false`
}

/** Whether a definition of a schema leads back to itself, or to the whole (Anthropic document, Structured outputs). */
function refersToItself(schema: JsonObject): boolean {
  const definitions = isObject(schema['$defs']) ? schema['$defs'] : {}
  const leadsBack = (part: Json | undefined, within: readonly string[]): boolean => {
    if (isArray(part)) return part.some((each) => leadsBack(each, within))
    if (!isObject(part)) return false
    const { $ref: reference, $defs: _definitions, ...rest } = part
    if (typeof reference === 'string') {
      const name = reference.replace('#/$defs/', '')
      if (name === '#' || within.includes(name)) return true
      if (Object.hasOwn(definitions, name) && leadsBack(definitions[name], [...within, name])) return true
    }
    return Object.values(rest).some((value) => leadsBack(value, within))
  }
  return leadsBack(schema, [])
}

const maxSchemaDepth = 100

/** The path of the first object of a schema that is not closed. */
function openObject(schema: Json | undefined, path: string, depth: number): string | null {
  if (!isObject(schema) || depth > maxSchemaDepth) return null
  if (schema['type'] === 'object' && schema['additionalProperties'] !== false) return path
  for (const key of ['properties', '$defs', 'definitions']) {
    for (const [name, child] of Object.entries(isObject(schema[key]) ? schema[key] : {})) {
      const open = openObject(child, `${path}.${key}.${name}`, depth + 1)
      if (open !== null) return open
    }
  }
  for (const [index, branch] of (isArray(schema['anyOf']) ? schema['anyOf'] : []).entries()) {
    const open = openObject(branch, `${path}.anyOf.${index}`, depth + 1)
    if (open !== null) return open
  }
  return openObject(schema['items'], `${path}.items`, depth + 1)
}

function contextError({ contextTokens }: Model, { tokens }: ReadPrompt): string | null {
  return tokens > contextTokens ? tooLong(tokens, contextTokens) : null
}

export function tooLong(tokens: number, maxTokens: number): string {
  return `prompt is too long: ${tokens} tokens > ${maxTokens} maximum`
}

/** The message for a model that there is not. */
export function unknownModel(body: JsonObject): string {
  return `model: ${shown(body['model'])}`
}

function isGiven(body: JsonObject, name: string): boolean {
  return body[name] !== undefined && body[name] !== null
}
