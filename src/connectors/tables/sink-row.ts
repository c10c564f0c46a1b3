import type { SinkItem } from '../../ports/sink.ts'
import { keySeparator } from '../../domain/record-key.ts'
import type { SinkTarget } from './sink-table.ts'

/** A cell that cannot be written, with the reason; thrown while a row is made of an item. */
export class Unwritable extends Error {}

/** What tells a row and its columns, before the values of it are looked at. */
export interface KeyedRow {
  /** The record's key as the source gave it. */
  readonly key: string
  readonly keyJson: readonly string[]
  readonly keyText: string
  /** The columns that are set. */
  readonly names: readonly string[]
}

/** The row of an item, or the reason why it cannot be one. */
export function keyedRow(item: SinkItem, { kind, key }: SinkTarget): KeyedRow | { readonly problem: string } {
  const parts: readonly unknown[] =
    kind === 'update' ? item.key.split(keySeparator) : key.map((name) => item.values[name])
  if (parts.length !== key.length)
    return {
      problem: `the key "${item.key}" has ${parts.length} parts, the sink's key has ${key.length} (${key.join(', ')})`,
    }
  try {
    const keyJson = parts.map((part, place) => cellJson(key[place] ?? '', part))
    if (keyJson.includes('null')) return { problem: `a part of the key (${key.join(', ')}) is null` }
    const given = Object.keys(item.values)
    const names = kind === 'update' ? given : given.filter((name) => !key.includes(name))
    return { key: item.key, keyJson, keyText: keyJson.join(','), names }
  } catch (thrown) {
    return { problem: problemOf(thrown) }
  }
}

/** Why no row can be made of a value; what is not a matter of the value alone is thrown on. */
export function problemOf(thrown: unknown): string {
  // A circular value or one nested too deeply makes JSON.stringify throw; that is a matter of this row alone.
  if (thrown instanceof Unwritable || thrown instanceof RangeError || thrown instanceof TypeError)
    return thrown.message
  throw thrown
}

/**
 * One value as JSON for `jsonb_to_recordset`, from which PostgreSQL makes the column's own type. What JSON would
 * silently turn into null or drop is refused: undefined, NaN, an invalid date, a function.
 */
export function cellJson(column: string, value: unknown): string {
  const json = JSON.stringify(plain(column, value))
  if (json.includes('\\u') && hasUnstorable(json)) {
    throw new Unwritable(
      `${column}: holds a NUL or half of a character pair, which PostgreSQL does not store`,
    )
  }
  return json
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
