import type { SinkItem, SinkResult } from '../../ports/sink.ts'
import { keyParts } from '../../domain/record-key.ts'
import { typedKey } from '../../wording/typed-key.ts'
import { cellJson } from './cell-json.ts'
import type { SinkTarget, SinkShape } from './sink-table.ts'
import { Unwritable } from './json-value.ts'
import { ownValue } from '../../domain/own-value.ts'
import { takenRow } from '../../wording/taken-row.ts'

/** What tells a row and its columns, before the values of it are looked at. */
export interface KeyedRow {
  /** The record's key as the source gave it. */
  readonly key: string
  readonly keyJson: readonly string[]
  readonly keyText: string
  /** The columns that are set. */
  readonly names: readonly string[]
}

/** With its cells as the inside of a JSON object, `"c0":…,"c1":…`, in memory that it shares with other rows. */
export interface PackedRow extends KeyedRow {
  readonly bytes: Buffer
  readonly from: number
  readonly to: number
  /** For each column of vectors its numbers; null where the JSON holds the value. */
  readonly vectors: readonly (Buffer | null)[]
}

/** The row of an item, or the reason why it cannot be one. */
export function keyedRow(item: SinkItem, { kind, key }: SinkTarget): KeyedRow | { readonly problem: string } {
  const parts: readonly unknown[] =
    kind === 'update' ? keyParts(item.key) : key.map((name) => ownValue(item.values, name))
  if (parts.length !== key.length)
    return {
      problem: `the key "${typedKey(item.key)}" has ${parts.length} parts, the sink's key has ${key.length} (${key.join(', ')})`,
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

/** What becomes of a record whose key is that of another record where it is written. */
export function takenBy(record: string, key: string): SinkResult {
  return { kind: 'rejected', reason: `${takenRow(record)} (${key})` }
}

/** Why nothing is written by a key that no row has. */
export function noRow({ table, key }: Pick<SinkShape, 'table' | 'key'>): string {
  return `no row of ${table.text} has this key (${key.map(({ name }) => name).join(', ')})`
}

/** Why nothing is written by a key that several rows have. */
export function severalRows({ table, key }: Pick<SinkShape, 'table' | 'key'>, rows: number): string {
  const names = key.map(({ name }) => name).join(', ')
  return `${rows} rows of ${table.text} have this key (${names}), and an answer belongs to one: none was written; name a key of the sink that is unique there`
}
