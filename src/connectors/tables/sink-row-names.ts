import { keyOf, keyParts } from '../../domain/record-key.ts'
import type { SinkItem, SinkRow } from '../../ports/sink.ts'
import type { DatabaseConnection } from '../database/database.ts'
import { isRowFailure, sqlFailure } from '../postgres/errors.ts'
import { collated, isUsualKey, keyFields } from './sink-keys.ts'
import { PackedItem } from './sink-packing.ts'
import { keyedRow, type KeyedRow, type PlacedRow } from './sink-rows.ts'
import type { SinkShape, SinkTarget, TableColumn } from './sink-table.ts'

/** The row of an item's key, as far as the texts of the key tell. */
export type TextRow =
  | { readonly kind: 'known'; readonly row: SinkRow | null }
  | { readonly kind: 'open'; readonly row: KeyedRow }

/** The row of an item, as far as the texts of its key tell: all, where no other text is the same key for the table. */
export function textRow(item: SinkItem, shape: SinkShape, target: SinkTarget): TextRow {
  const row = item instanceof PackedItem ? item.row : keyedRow(item, target)
  if ('problem' in row || shape.key.length !== target.key.length) return { kind: 'known', row: null }
  if (!isUsualKey(shape, row)) return { kind: 'open', row }
  const parts = target.kind === 'update' ? null : row.keyJson.map(textOf)
  // Texts that hold all of the record's own are those of no other record.
  const isOwnKey = parts === null || keyParts(item.key).every((part) => parts.includes(part))
  if (isOwnKey && isTextKey(shape)) return { kind: 'known', row: null }
  return { kind: 'known', row: { name: parts === null ? item.key : keyOf(parts), isOwnKey } }
}

function isTextKey({ key }: Pick<SinkShape, 'key'>): boolean {
  return key.every(({ equality }) => equality === 'text')
}

/** The text of a part of a key. */
export function textOf(json: string): string {
  return json.startsWith('"') ? String(JSON.parse(json)) : json
}

/**
 * The rows of PostgreSQL that items belong to, named alike where the table takes their keys for one: by the usual text
 * of a number or id, and by the hash that its type and collation make of equal values where there is no such text.
 */
export async function rowNames(
  connection: DatabaseConnection,
  shape: SinkShape,
  rows: readonly PlacedRow<KeyedRow>[],
): Promise<ReadonlyMap<number, string>> {
  const names = new Map<number, string>()
  const look = async (some: readonly PlacedRow<KeyedRow>[], how: 'hash' | 'text'): Promise<void> => {
    await connection.exec('savepoint offpeak_rows')
    try {
      const { rows: told } = await connection.raw({ text: namesText(shape, how), values: [listOf(some)] })
      await connection.exec('release savepoint offpeak_rows')
      for (const [number, ...parts] of told)
        if (!parts.includes(null)) names.set(Number(number), keyOf(parts.map(String)))
    } catch (thrown) {
      const failure = sqlFailure(thrown)
      if (!failure) throw thrown
      await connection.exec('rollback to savepoint offpeak_rows; release savepoint offpeak_rows')
      // undefined_function: a type without a hash (money, bit) has one text for each value.
      if (failure.code === '42883' && how === 'hash') return look(some, 'text')
      if (!isRowFailure(failure)) throw thrown
      // What the column does not take is refused when it is written.
      if (some.length === 1) return
      const half = Math.ceil(some.length / 2)
      await look(some.slice(0, half), how)
      await look(some.slice(half), how)
    }
  }
  if (rows.length > 0) await look(rows, 'hash')
  return names
}

function listOf(rows: readonly PlacedRow<KeyedRow>[]): string {
  const items = rows.map(({ index, row: { keyJson } }) =>
    [`{"n":${index}`, ...keyJson.map((json, at) => `"k${at}":${json}`)].join(','),
  )
  return `[${items.join('},')}}]`
}

function namesText(shape: SinkShape, how: 'hash' | 'text'): string {
  const { fields, values } = keyFields(shape)
  const names = shape.key.map((column, index) => nameOf(column, `k${index}`, how))
  return `select n, ${names.join(', ')} from
 (select n, ${values.join(', ')} from jsonb_to_recordset($1::jsonb) as u(n int4, ${fields.join(', ')})) as u`
}

function nameOf(column: TableColumn, field: string, how: 'hash' | 'text'): string {
  if (column.equality === 'whole' && column.keyType === 'numeric') return `trim_scale(${field})::text`
  if (column.equality !== 'own' || how === 'text') return `${field}::text`
  // The hash of a list is made of those of its elements, by their type and collation.
  return `hash_array_extended(array[${field}${collated(column)}], 0)::text`
}
