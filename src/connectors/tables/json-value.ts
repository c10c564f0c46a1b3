import { isRawNumber } from '../../planning/text/raw-numbers.ts'
import { bytesText } from './plain-values.ts'

/** A value that a sink cannot hold, with the reason and where it stands; it concerns its own record alone. */
export class Unwritable extends Error {}

/** The value as a text that UTF-8 can hold. Throws Unwritable for half of a surrogate pair, which it would replace. */
export function wellFormed(name: string, text: string): string {
  if (text.isWellFormed()) return text
  throw new Unwritable(`${name}: holds half of a surrogate pair, which is not text`)
}

/**
 * A value as JSON: whole numbers beyond a double's as text, dates as ISO text, bytes as `\x` and hexadecimal digits,
 * typed arrays as lists; what is undefined is left out of an object and null in a list. Throws Unwritable for what JSON
 * would silently drop or turn into something else, by its place: `output.scores[2]: is NaN`.
 */
export function jsonOf(name: string, value: unknown, indent?: number): string {
  const held = isPlain(value, 0) ? value : heldValue(name, value, [])
  if (held === undefined) throw new Unwritable(`${name}: is undefined; return null for no value`)
  return JSON.stringify(held, null, indent)
}

const plainDepth = 100
const maxDepth = 1_000

/** Whether `JSON.stringify` writes a value just as it is. */
function isPlain(value: unknown, depth: number): boolean {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true
    case 'number':
      return Number.isFinite(value)
    case 'undefined':
      return depth > 0
    case 'bigint':
    case 'function':
    case 'symbol':
      return false
    case 'object':
      return value === null || isPlainObject(value, depth)
  }
  return false
}

function isPlainObject(value: object, depth: number): boolean {
  if (depth === plainDepth) return false
  if (Array.isArray(value)) return value.every((item) => isPlain(item, depth + 1))
  const prototype: unknown = Object.getPrototypeOf(value)
  if ((prototype !== Object.prototype && prototype !== null) || 'toJSON' in value) return false
  for (const name of Object.keys(value)) if (!isPlain(Reflect.get(value, name), depth + 1)) return false
  return true
}

function heldValue(place: string, value: unknown, above: readonly object[]): unknown {
  switch (typeof value) {
    case 'number':
      if (!Number.isFinite(value)) throw new Unwritable(`${place}: is ${value}`)
      return value
    case 'bigint':
      return value.toString()
    case 'function':
    case 'symbol':
      throw new Unwritable(`${place}: is a ${typeof value}; return null for no value`)
    case 'object':
      return value === null ? null : heldObject(place, value, above)
    case 'string':
    case 'boolean':
    case 'undefined':
      return value
  }
}

function heldObject(place: string, value: object, above: readonly object[]): unknown {
  if (above.includes(value)) throw new Unwritable(`${place}: is circular: it holds itself`)
  if (above.length === maxDepth) throw new Unwritable(`${place}: is nested deeper than ${maxDepth} levels`)
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) throw new Unwritable(`${place}: is an invalid date`)
    return value.toISOString()
  }
  if (value instanceof Uint8Array) return bytesText(value)
  const advice = lost.get(Object.prototype.toString.call(value).slice(8, -1))
  if (advice !== undefined) throw new Unwritable(`${place}: is ${advice}`)
  if (isRawNumber(value)) return value
  const inside = [...above, value]
  if (ArrayBuffer.isView(value))
    return Object.values(value).map((item, at) => heldValue(`${place}[${at}]`, item, inside))
  const toJson: unknown = Reflect.get(value, 'toJSON')
  if (typeof toJson === 'function') return heldValue(place, Reflect.apply(toJson, value, []), inside)
  if (Array.isArray(value))
    return Array.from(value, (item: unknown, at) => heldValue(`${place}[${at}]`, item, inside))
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      name,
      heldValue(place === '' ? name : `${place}.${name}`, item, inside),
    ]),
  )
}

/** Kinds of which JSON makes `{}`, whatever they hold. */
const lost: ReadonlyMap<string, string> = new Map([
  ['Map', 'a Map; return Object.fromEntries(map)'],
  ['Set', 'a Set; return a list of it: [...set]'],
  ['Promise', 'a promise; await it before'],
  ['RegExp', 'a regular expression; return its text'],
  ['Error', 'an error; return its message'],
  ['ArrayBuffer', 'an ArrayBuffer; return a Uint8Array of it'],
  ['SharedArrayBuffer', 'a SharedArrayBuffer; return a Uint8Array of it'],
  ['DataView', 'a DataView; return a Uint8Array of it'],
  ...['WeakMap', 'WeakSet', 'WeakRef', 'Generator', 'AsyncGenerator'].map(
    (kind) => [kind, `a ${kind}, which has no form`] as const,
  ),
])
