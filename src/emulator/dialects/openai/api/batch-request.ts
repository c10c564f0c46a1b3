import { type Refusal, badRequest } from '../../../core/errors.ts'
import type { Service } from '../services/service.ts'
import { type Json, type JsonObject, isObject, typeName } from '../../../core/json.ts'

export interface NewBatch {
  readonly inputFileId: string
  readonly endpoint: string
  readonly completionWindow: string
  readonly windowSeconds: number
  readonly metadata: Readonly<Record<string, string>> | null
  readonly outputExpiresSeconds: number | null
}

/** OpenAI document, Metadata. */
const maxMetadataPairs = 16
const maxMetadataKey = 64
const maxMetadataValue = 512
/** OpenAI document, BatchFileExpirationAfter. */
const outputExpiryBounds = { min: 3600, max: 2_592_000 } as const

export function readNewBatch(value: unknown, service: Service): NewBatch {
  const body: JsonObject = isObject(value) ? value : {}
  const window = readWindow(body, service)
  return {
    inputFileId: requireString(body, 'input_file_id'),
    endpoint: oneOf(body, 'endpoint', service.endpoints),
    completionWindow: window.text,
    windowSeconds: window.seconds,
    metadata: readMetadata(body['metadata']),
    outputExpiresSeconds: readOutputExpiry(body['output_expires_after']),
  }
}

function requireString(body: JsonObject, name: string): string {
  const value = body[name]
  if (value === undefined || value === null) {
    throw badRequest(`Missing required parameter: '${name}'.`, name, 'missing_required_parameter')
  }
  if (typeof value !== 'string') throw wrongType(name, 'a string', value)
  return value
}

function readWindow(body: JsonObject, service: Service): { readonly text: string; readonly seconds: number } {
  const given = body['completion_window'] ?? service.usualWindow ?? undefined
  const text = requireString({ completion_window: given }, 'completion_window')
  const seconds = service.windowSeconds(text)
  return { text, seconds: seconds ?? refuseValue('completion_window', text, service.windows) }
}

function oneOf(body: JsonObject, name: string, allowed: readonly string[]): string {
  const value = requireString(body, name)
  return allowed.includes(value) ? value : refuseValue(name, value, allowed)
}

function refuseValue(name: string, value: string, allowed: readonly string[]): never {
  const list = allowed.map((item) => `'${item}'`)
  const last = list.at(-1) ?? ''
  const spoken = list.length > 1 ? `${list.slice(0, -1).join(', ')}, and ${last}` : last
  throw badRequest(`Invalid value: '${value}'. Supported values are: ${spoken}.`, name, 'invalid_value')
}

function wrongType(name: string, expected: string, value: Json | undefined): Refusal {
  return badRequest(
    `Invalid type for '${name}': expected ${expected}, but got ${typeName(value)} instead.`,
    name,
    'invalid_type',
  )
}

function readMetadata(value: Json | undefined): Readonly<Record<string, string>> | null {
  if (value === undefined || value === null) return null
  if (!isObject(value)) throw wrongType('metadata', 'an object', value)
  const pairs = Object.entries(value)
  if (pairs.length > maxMetadataPairs) {
    throw badRequest(
      `Invalid 'metadata': too many properties. Expected an object with at most ${maxMetadataPairs} properties, but got an object with ${pairs.length} properties instead.`,
      'metadata',
      'object_above_max_properties',
    )
  }
  const metadata = new Map<string, string>()
  for (const [key, item] of pairs) {
    if (typeof item !== 'string') throw wrongType(`metadata.${key}`, 'a string', item)
    if (key.length > maxMetadataKey) throw tooLong('metadata', key, maxMetadataKey)
    if (item.length > maxMetadataValue) throw tooLong(`metadata.${key}`, item, maxMetadataValue)
    metadata.set(key, item)
  }
  return Object.fromEntries(metadata)
}

function tooLong(name: string, text: string, max: number): Refusal {
  return badRequest(
    `Invalid '${name}': string too long. Expected a string with maximum length ${max}, but got a string with length ${text.length} instead.`,
    name,
    'string_above_max_length',
  )
}

function readOutputExpiry(value: Json | undefined): number | null {
  if (value === undefined || value === null) return null
  if (!isObject(value)) throw wrongType('output_expires_after', 'an object', value)
  oneOf(value, 'anchor', ['created_at'])
  const seconds = value['seconds']
  if (typeof seconds !== 'number' || seconds < outputExpiryBounds.min || seconds > outputExpiryBounds.max) {
    throw badRequest(
      `Invalid 'output_expires_after.seconds': expected an integer from ${outputExpiryBounds.min} to ${outputExpiryBounds.max}.`,
      'output_expires_after.seconds',
      'invalid_value',
    )
  }
  return seconds
}
