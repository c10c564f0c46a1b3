import { illFormed, mostJsonTextBytes, writeJsonText } from '../../planning/text/json-text.ts'
import { jsonOf, Unwritable } from './json-value.ts'
import { isRawNumber } from '../../planning/text/raw-numbers.ts'
import { bytesText } from './plain-values.ts'

/**
 * One value as JSON for `jsonb_to_recordset`, from which PostgreSQL makes the column's own type. What JSON would
 * silently turn into null or drop is refused at any depth: NaN, an invalid date, a function, a Map.
 */
export function cellJson(column: string, value: unknown): string {
  const json = jsonText(column, value)
  if (json.includes('\\u') && hasUnstorable(json)) throw unstorable(column)
  return json
}

/**
 * A value for a column of JSON as a text of its own, in JSON: what PostgreSQL makes of it is that text, to the letter.
 * A `json list` is one of such texts; any other value for it, like PostgreSQL's own text of a list, goes as it is.
 */
export function jsonTextCell(column: string, value: unknown, form: 'json' | 'json list'): string {
  if (form === 'json') return value === null ? 'null' : JSON.stringify(jsonText(column, value))
  if (!Array.isArray(value)) return cellJson(column, value)
  return `[${value.map((item: unknown) => (item == null ? 'null' : JSON.stringify(jsonText(column, item)))).join(',')}]`
}

function jsonText(column: string, value: unknown): string {
  return jsonOf(column, plain(column, value))
}

/**
 * The end of a value that was written as bytes into `target` from `at` on: without making a text first, which is the
 * larger part of the work. `notWritten` when there is too little room, and for what only `cellJson` knows how to write
 * or why not; nothing before `at` is touched.
 */
export function writeCell(column: string, value: unknown, target: Buffer, at: number): number {
  return writeValue(column, plain(column, value), target, at, 0)
}

export const notWritten = -1
/** Deeper values are left to `JSON.stringify`, which knows where to stop. */
const maxDepth = 32
/** Quotes, a comma, a colon; the longest number has 25 characters. */
const roomForRest = 32

function writeValue(column: string, value: unknown, target: Buffer, at: number, depth: number): number {
  if (typeof value === 'string') return writeString(column, value, target, at)
  if (at + roomForRest > target.length) return notWritten
  if (typeof value === 'number')
    return Number.isFinite(value) ? at + target.write(String(value), at, 'latin1') : notWritten
  if (typeof value === 'boolean' || value === null) return at + target.write(String(value), at, 'latin1')
  if (typeof value !== 'object' || depth === maxDepth || 'toJSON' in value) return notWritten
  if (Array.isArray(value)) return writeList(column, value, target, at, depth)
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === null && isRawNumber(value)) return writeRaw(value.rawJSON, target, at)
  return prototype === Object.prototype || prototype === null
    ? writeObject(column, value, target, at, depth)
    : notWritten
}

/** Longer than any number that JavaScript makes. */
function writeRaw(text: string, target: Buffer, at: number): number {
  return at + text.length + roomForRest > target.length ? notWritten : at + target.write(text, at, 'latin1')
}

const [quote, comma, colon] = [0x22, 0x2c, 0x3a]
const [listStart, listEnd, objectStart, objectEnd] = [0x5b, 0x5d, 0x7b, 0x7d]

function writeString(column: string, text: string, target: Buffer, at: number): number {
  if (at + mostJsonTextBytes(text) + roomForRest > target.length) return notWritten
  target[at] = quote
  const end = writeJsonText(text, target, at + 1, 'refused')
  if (end === illFormed) throw unstorable(column)
  target[end] = quote
  return end + 1
}

function writeList(
  column: string,
  list: readonly unknown[],
  target: Buffer,
  start: number,
  depth: number,
): number {
  let at = start
  target[at++] = listStart
  for (let index = 0; index < list.length; index += 1) {
    if (index > 0) target[at++] = comma
    const value = list[index]
    at = writeValue(column, value === undefined ? null : value, target, at, depth + 1)
    if (at === notWritten || at + roomForRest > target.length) return notWritten
  }
  target[at] = listEnd
  return at + 1
}

function writeObject(column: string, object: object, target: Buffer, start: number, depth: number): number {
  let at = start
  target[at++] = objectStart
  for (const key of Object.keys(object)) {
    const value: unknown = Reflect.get(object, key)
    if (value === undefined) continue
    if (at > start + 1) target[at++] = comma
    at = writeString(column, key, target, at)
    if (at === notWritten) return notWritten
    target[at++] = colon
    at = writeValue(column, value, target, at, depth + 1)
    if (at === notWritten || at + roomForRest > target.length) return notWritten
  }
  target[at] = objectEnd
  return at + 1
}

function unstorable(column: string): Unwritable {
  return new Unwritable(`${column}: holds a NUL or half of a character pair, which no table takes`)
}

function plain(column: string, value: unknown): unknown {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value
    case 'bigint':
      return value.toString()
    case 'number':
      if (!Number.isFinite(value)) throw new Unwritable(`${column}: is ${value}`)
      return value
    case 'undefined':
    case 'function':
    case 'symbol':
      throw new Unwritable(`${column}: is ${typeof value}; return null for no value`)
    case 'object':
      return value === null ? null : plainObject(column, value)
  }
  return null
}

function plainObject(column: string, value: object): unknown {
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) throw new Unwritable(`${column}: is an invalid date`)
    return value.toISOString()
  }
  if (value instanceof Uint8Array) return bytesText(value)
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return Array.from(Object.values(value))
  return value
}

/** Whether JSON text holds an escaped NUL or lone surrogate; a backslash before the `u` may itself be escaped. */
function hasUnstorable(json: string): boolean {
  return /(?<!\\)(?:\\\\)*\\u(?:0000|[dD][89a-fA-F])/.test(json)
}
