import {
  type Json,
  type JsonObject,
  isArray,
  isObject,
  isTooDeep,
  parseJson,
  shown,
} from '../../../core/json.ts'
import { refuse } from '../errors.ts'
import { type MessageName, fieldKind, isMessageName } from './messages.ts'

/** The problem of a message, in the words of the service, and where: `generation_config.thinking_config`. */
export class UnreadableMessage extends Error {
  override readonly name = 'UnreadableMessage'
  readonly at: string

  constructor(message: string, at: string) {
    super(message)
    this.at = at
  }
}

/**
 * A message with all of its names in lower camel case: the service reads `display_name` as `displayName`, and one thing
 * as a list of one (the JSON form of protocol buffers). Throws UnreadableMessage for names that the message does not have.
 */
export function readMessage(message: MessageName, value: Json | undefined, at: string = ''): JsonObject {
  if (!isObject(value)) throw wrongValue(message, value, at)
  const read: Record<string, Json> = {}
  for (const [name, given] of Object.entries(value)) {
    const field = camelCase(name)
    const kind = fieldKind(message, field)
    if (kind === undefined) throw unknownName(name, at)
    // The JSON form takes null for an absent field.
    if (given === undefined || given === null) continue
    read[field] = readField(kind, given, at === '' ? snakeCase(field) : `${at}.${snakeCase(field)}`)
  }
  return read
}

function readField(kind: string, value: Json, at: string): Json {
  if (kind.endsWith('[]')) {
    const items = isArray(value) ? value : [value]
    return items.map((item, index) => readAs(kind.slice(0, -2), item, `${at}[${index}]`))
  }
  if (!kind.startsWith('{')) return readAs(kind, value, at)
  if (!isObject(value)) throw wrongValue('Schema', value, at)
  return Object.fromEntries(
    Object.entries(value).map(([key, item], index) => [
      key,
      readAs(kind.slice(1, -1), item ?? null, `${at}[${index}].value`),
    ]),
  )
}

function readAs(name: string, value: Json, at: string): Json {
  return isMessageName(name) ? readMessage(name, value, at) : value
}

/** A body that is a message. Throws a Refusal. */
export function readBodyMessage(message: MessageName, body: string): JsonObject {
  const value = body === '' ? {} : isTooDeep(body) ? undefined : parseJson(body)
  if (value === undefined)
    throw refuse('INVALID_ARGUMENT', 'Invalid JSON payload received. Unexpected token.')
  try {
    return readMessage(message, value)
  } catch (error) {
    if (!(error instanceof UnreadableMessage)) throw error
    throw refuse('INVALID_ARGUMENT', error.message, { param: error.at })
  }
}

function unknownName(name: string, at: string): UnreadableMessage {
  const place = at === '' ? '' : ` at '${at}'`
  return new UnreadableMessage(
    `Invalid JSON payload received. Unknown name "${name}"${place}: Cannot find field.`,
    at,
  )
}

function wrongValue(message: MessageName, value: Json | undefined, at: string): UnreadableMessage {
  return new UnreadableMessage(
    `Invalid value at '${at}' (type.googleapis.com/google.ai.generativelanguage.v1beta.${message}), "${shown(value)}"`,
    at,
  )
}

export function camelCase(name: string): string {
  return name.includes('_')
    ? name.replaceAll(/_([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase())
    : name
}

function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
