import type { RawRows } from '../database/driver.ts'
import { takenBy, type KeyedRow, type PlacedRow, type Results } from './sink-rows.ts'
import type { SinkShape, TableColumn } from './sink-table.ts'

/** Texts, as JSON, that no other text of the same number or id is. */
const usual: Readonly<Record<TableColumn['equality'], RegExp | null>> = {
  text: /^"/,
  whole: /^"?(?:0|-?[1-9]\d*)"?$/,
  uuid: /^"[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}"$/,
  own: null,
}

/** Whether the texts of a key say for sure that no other texts are the same key for the table. */
export function isUsualKey({ key }: Pick<SinkShape, 'key'>, { keyJson }: Pick<KeyedRow, 'keyJson'>): boolean {
  return keyJson.every((part, index) => usual[key[index]?.equality ?? 'own']?.test(part) === true)
}

/** The fields of a key in the JSON of `bindRows`, and what they are in its columns' own types. */
export function keyFields({ key, kind }: Pick<SinkShape, 'key' | 'kind'>): {
  readonly fields: readonly string[]
  readonly values: readonly string[]
} {
  return {
    // A key that finds a row is the text of its value, of whatever type, and compared whole; one that is written is
    // any value, and becomes what the column holds.
    fields: key.map(({ type }, index) => `k${index} ${kind === 'update' ? 'text' : type}`),
    values: key.map(({ keyType }, index) =>
      kind === 'update' ? `k${index}::${keyType} as k${index}` : `k${index}`,
    ),
  }
}

/** SQL for the numbers of those items of `bindRows` whose key others have too, with one number for each such key. */
export function sameKeys(shape: Pick<SinkShape, 'key' | 'kind'>): string {
  const { fields, values } = keyFields(shape)
  const names = shape.key.map((column, index) => `k${index}${collated(column)}`).join(', ')
  return `select n, first from (select n, min(n) over same as first, count(*) over same as items
 from (select n, ${values.join(', ')} from jsonb_to_recordset($1::jsonb) as u(n int4, ${fields.join(', ')})) as u
 window same as (partition by ${names})) as s where items > 1`
}

export function collated({ collation }: TableColumn): string {
  return collation === null ? '' : ` collate ${collation}`
}

/** The rows without those that share their key with a greater record, which are rejected; `groups` as `sameKeys` tells. */
export function keepOnePerKey<Row extends KeyedRow>(
  rows: readonly PlacedRow<Row>[],
  groups: RawRows['rows'],
  results: Results,
): readonly PlacedRow<Row>[] {
  const firstOf = new Map(groups.map(([number, first]) => [Number(number), Number(first)]))
  const winners = new Map<number, PlacedRow<Row>>()
  const place = ({ index }: PlacedRow<Row>): number => firstOf.get(index) ?? index
  for (const placed of rows) {
    const other = winners.get(place(placed))
    if (!other || placed.row.key >= other.row.key) winners.set(place(placed), placed)
  }
  return rows.filter((placed) => {
    const winner = winners.get(place(placed))
    if (winner === undefined || winner === placed) return true
    results[placed.index] = takenBy(winner.row.key, winner.row.keyText)
    return false
  })
}
