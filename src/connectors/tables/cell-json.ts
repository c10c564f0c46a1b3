import { illFormed, mostJsonTextBytes, writeJsonText } from '../../planning/json-text.ts'

/** A cell that cannot be written, with the reason; thrown while a row is made of an item. */
export class Unwritable extends Error {}

/**
 * One value as JSON for `jsonb_to_recordset`, from which PostgreSQL makes the column's own type. What JSON would
 * silently turn into null or drop is refused: undefined, NaN, an invalid date, a function.
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
  const given = plain(column, value)
  return typeof given === 'object' && given !== null
    ? JSON.stringify(given, (_, inner: unknown) => finite(column, inner))
    : JSON.stringify(given)
}

/** The value itself, unless it is a number that JSON has no form for. */
function finite<Value>(column: string, value: Value): Value {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new Unwritable(`${column}: holds ${value}`)
  return value
}

/**
 * Writes the same as bytes into `target` from `at` on, and returns where it ends: without making a text first, which
 * is the larger part of the work. `notWritten` when there is too little room, and for what only `JSON.stringify` knows
 * how to write; nothing before `at` is touched.
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
  if (typeof value === 'number') return at + target.write(String(finite(column, value)), at, 'latin1')
  if (typeof value === 'boolean' || value === null) return at + target.write(String(value), at, 'latin1')
  if (typeof value !== 'object' || depth === maxDepth || 'toJSON' in value) return notWritten
  if (Array.isArray(value)) return writeList(column, value, target, at, depth)
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
    ? writeObject(column, value, target, at, depth)
    : notWritten
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
    at = writeValue(column, isLeftOut(value) ? null : value, target, at, depth + 1)
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
    if (isLeftOut(value)) continue
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

/** What JSON has no form for: null in a list, and not there in an object. */
function isLeftOut(value: unknown): boolean {
  return value === undefined || typeof value === 'function' || typeof value === 'symbol'
}

function unstorable(column: string): Unwritable {
  return new Unwritable(`${column}: holds a NUL or half of a character pair, which PostgreSQL does not store`)
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
  if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString('hex')}`
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return Array.from(Object.values(value))
  return value
}

/** Whether JSON text holds an escaped NUL or lone surrogate; a backslash before the `u` may itself be escaped. */
function hasUnstorable(json: string): boolean {
  return /(?<!\\)(?:\\\\)*\\u(?:0000|[dD][89a-fA-F])/.test(json)
}
