import { OffpeakError } from '../../domain/errors.ts'
import type { SinkResult, SinkItem } from '../../ports/sink.ts'
import { plural } from '../../wording/count.ts'
import { readScope, type SinkScope } from './sink-scope.ts'
import { keyParts } from '../../domain/record-key.ts'
import { typedKey } from '../../wording/typed-key.ts'
import { cellJson } from './cell-json.ts'
import { Unwritable } from './json-value.ts'
import { ownValue } from '../../domain/own-value.ts'
import { takenRow } from '../../wording/taken-row.ts'
import { keyColumns, type SinkShape, type SinkTarget, type Table, type TableColumn } from './sink-table.ts'

/** The target, table and scope that a definition names, by `key` or by the source's own key; else E_JOB_INVALID. */
export function readTarget(
  definition: Readonly<Record<string, unknown>>,
  sourceKey: readonly string[],
): { readonly target: SinkTarget; readonly name: string; readonly scope: SinkScope | null } {
  const { table, upsert, key, scope } = definition
  const scoped = (target: SinkTarget, name: string): ReturnType<typeof readTarget> => ({
    target,
    name,
    scope: readScope(scope, target),
  })
  const keys = typeof key === 'string' ? [key] : Array.isArray(key) ? key.map(String) : sourceKey
  if (typeof table === 'string' && Array.isArray(key) && keys.length !== sourceKey.length)
    throw new OffpeakError(
      'E_SINK_KEY',
      `The key of the sink has ${plural(keys.length, 'column')} (${keys.join(', ')}), and that of the source ${sourceKey.length} (${sourceKey.join(', ')})`,
      { where: table, fix: "Name a column of the table for each part of the source's key, in its order." },
    )
  if (typeof table === 'string') return scoped({ kind: 'update', key: keys }, table)
  if (typeof upsert === 'string' && key !== undefined) return scoped({ kind: 'upsert', key: keys }, upsert)
  throw new OffpeakError('E_JOB_INVALID', 'A database sink is { table, set } or { upsert, key, set }')
}

/** A row with its place in the chunk. */
export interface PlacedRow<Row> {
  readonly index: number
  readonly row: Row
}

/** Rows that one statement can write: they set the same columns. */
export interface RowGroup<Row> {
  readonly shape: SinkShape
  readonly rows: PlacedRow<Row>[]
}

/** Results of the rows of a chunk, as far as they are known. */
export type Results = (SinkResult | undefined)[]

export interface Sorted<Row> {
  readonly groups: readonly RowGroup<Row>[]
  /** For each row what is known of it without the database. */
  readonly known: Readonly<Results>
  /** Rows that stand behind another one with the same key, by index of the one that is written. */
  readonly shadows: ReadonlyMap<number, number>
}

/**
 * A chunk's rows in the groups that are written together: each key once (the last row of a record, the greatest of
 * several records), in the order of the keys, so that two processes lock rows in one order.
 */
export function sortRows<Row extends KeyedRow>(
  rows: readonly (Row | { readonly problem: string })[],
  table: Table,
  target: SinkTarget,
): Sorted<Row> {
  const known: Results = rows.map((row) =>
    'problem' in row ? { kind: 'rejected', reason: row.problem } : undefined,
  )
  const shadows = new Map<number, number>()
  const byKey = new Map<string, PlacedRow<Row>>()
  rows.forEach((row, index) => {
    if ('problem' in row) return
    const placed = { index, row }
    const other = byKey.get(row.keyText)
    const wins = !other || row.key >= other.row.key
    if (other) shade(wins ? other : placed, wins ? placed : other)
    if (wins) byKey.set(row.keyText, placed)
  })
  function shade(loser: PlacedRow<Row>, winner: PlacedRow<Row>): void {
    if (loser.row.key === winner.row.key) shadows.set(loser.index, winner.index)
    else known[loser.index] = takenBy(winner.row.key, winner.row.keyText)
  }
  const sorted = [...byKey.values()].sort((one, other) => (one.row.keyText < other.row.keyText ? -1 : 1))
  const groups: RowGroup<Row>[] = []
  for (const [names, placed] of byColumns(sorted)) {
    const set = columnsToSet(names, table)
    if ('missing' in set) {
      const reason = `${table.text} has no column that can be set for: ${set.missing.join(', ')}`
      for (const { index } of placed) known[index] = { kind: 'rejected', reason }
    } else if (names.length === 0 && target.kind === 'update')
      for (const { index } of placed) known[index] = { kind: 'same' }
    else groups.push({ shape: sinkShape(table, target, set.columns), rows: placed })
  }
  return { groups, known, shadows }
}

function byColumns<Row extends KeyedRow>(
  sorted: readonly PlacedRow<Row>[],
): readonly (readonly [readonly string[], PlacedRow<Row>[]])[] {
  const groups = new Map<string, readonly [readonly string[], PlacedRow<Row>[]]>()
  for (const placed of sorted) {
    const { names } = placed.row
    const signature = names.join('\0')
    const group = groups.get(signature)
    if (group) group[1].push(placed)
    else groups.set(signature, [names, [placed]])
  }
  return [...groups.values()]
}

/** The columns of these names; or which of them are not there or not to be set by anybody. */
export function columnsToSet(
  names: readonly string[],
  table: Table,
): { readonly columns: readonly TableColumn[] } | { readonly missing: readonly string[] } {
  const columns: TableColumn[] = []
  const missing: string[] = []
  for (const name of names) {
    const column = table.columns.get(name)
    if (column?.computed === null) columns.push(column)
    else missing.push(name)
  }
  return missing.length === 0 ? { columns } : { missing }
}

/**
 * The shape of a statement for these columns of the table; E_SINK_KEY when a column of the key is not there (any more).
 */
export function sinkShape(table: Table, target: SinkTarget, set: readonly TableColumn[]): SinkShape {
  return {
    kind: target.kind,
    table,
    set,
    key: keyColumns(table, target.key),
  }
}

/** Results of all rows, where a row that stands behind another one shares its result. */
export function resultsOfAll(
  { shadows }: Pick<Sorted<unknown>, 'shadows'>,
  results: Readonly<Results>,
  table: Table,
): readonly SinkResult[] {
  return results.map((_, index) => {
    let written = index
    for (let winner = shadows.get(index); winner !== undefined; winner = shadows.get(winner)) written = winner
    const result = results[written]
    if (!result) throw new OffpeakError('E_BUG', `A writing of ${table.text} lost sight of an item`)
    return result
  })
}

/** The key of a row and the names of its columns, before the values are looked at. */
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

/** The result of a record whose key is that of another record where it is written. */
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
