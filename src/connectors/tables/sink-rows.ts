import { OffpeakError } from '../../domain/errors.ts'
import type { SinkItem, SinkResult } from '../../ports/sink.ts'
import type { SinkTarget, Table, TableColumn } from './sink-table.ts'
import { keySeparator } from '../../domain/record-key.ts'

import type { SinkShape } from './sink-statement.ts'
import { cellJson, rowJson, type SerialisedRow, Unwritable } from './sink-row.ts'
import { packNumbers } from './sink-vectors.ts'

/** The target and table that a definition names, by `key` or by the source's own key; else E_JOB_INVALID. */
export function readTarget(
  definition: Readonly<Record<string, unknown>>,
  sourceKey: readonly string[],
): SinkTarget & { readonly name: string } {
  const { table, upsert, key } = definition
  const keys = typeof key === 'string' ? [key] : Array.isArray(key) ? key.map(String) : sourceKey
  if (typeof table === 'string') return { kind: 'update', name: table, key: keys }
  if (typeof upsert === 'string' && key !== undefined) return { kind: 'upsert', name: upsert, key: keys }
  throw new OffpeakError('E_JOB_INVALID', 'A database sink is { table, set } or { upsert, key, set }')
}

/** An item that can be serialised; `index` is its place in the chunk. */
export interface SinkRow {
  readonly index: number
  readonly item: SinkItem
  readonly keyJson: readonly string[]
  readonly keyText: string
}

/** Rows that one statement can write: the same columns, the same freedom. */
export interface RowGroup {
  readonly shape: SinkShape
  readonly force: boolean
  readonly rows: SinkRow[]
}

export interface Sorted {
  readonly groups: readonly RowGroup[]
  /** What is already known of an item without the database. */
  readonly known: ReadonlyMap<number, SinkResult>
  /** Items that stand behind another one with the same key, by index of the one that is written. */
  readonly shadows: ReadonlyMap<number, number>
}

/**
 * Puts a chunk's items into the groups that are written together: each key once (the last item of a record, the
 * greatest of several records), in the order of the keys, so that two processes lock rows in one order.
 */
export function sortRows(items: readonly SinkItem[], table: Table, target: SinkTarget): Sorted {
  const known = new Map<number, SinkResult>()
  const shadows = new Map<number, number>()
  const byKey = new Map<string, SinkRow>()
  items.forEach((item, index) => {
    const row = sinkRow(item, index, target)
    if (typeof row === 'string') {
      known.set(index, { kind: 'rejected', reason: row })
      return
    }
    const other = byKey.get(row.keyText)
    const wins = !other || row.item.key >= other.item.key
    if (other) shade(wins ? other : row, wins ? row : other)
    if (wins) byKey.set(row.keyText, row)
  })
  function shade(loser: SinkRow, winner: SinkRow): void {
    if (loser.item.key === winner.item.key) shadows.set(loser.index, winner.index)
    else {
      const reason = `the record "${winner.item.key}" has the same key in the sink (${winner.keyText})`
      known.set(loser.index, { kind: 'rejected', reason })
    }
  }
  const groups = new Map<string, RowGroup>()
  const sorted = [...byKey.values()].sort((one, other) => (one.keyText < other.keyText ? -1 : 1))
  for (const row of sorted) {
    const names = Object.keys(row.item.values).filter(
      (name) => target.kind === 'update' || !target.key.includes(name),
    )
    const columns = names.map((name) => table.columns.get(name))
    const missing = names.filter(
      (_, place) => columns[place] === undefined || columns[place].computed !== null,
    )
    if (missing.length > 0) {
      known.set(row.index, {
        kind: 'rejected',
        reason: `${table.text} has no column that can be set for: ${missing.join(', ')}`,
      })
      continue
    }
    if (names.length === 0 && target.kind === 'update') {
      known.set(row.index, { kind: 'same' })
      continue
    }
    const force = row.item.force === true
    const signature = JSON.stringify([force, ...names])
    const group = groups.get(signature)
    if (group) group.rows.push(row)
    else
      groups.set(signature, {
        shape: sinkShape(
          table,
          target,
          columns.filter((column) => column !== undefined),
        ),
        force,
        rows: [row],
      })
  }
  return { groups: [...groups.values()], known, shadows }
}

export function sinkShape(table: Table, target: SinkTarget, set: readonly TableColumn[]): SinkShape {
  return {
    kind: target.kind,
    table,
    set,
    key: target.key.map((name) => table.columns.get(name)).filter((column) => column !== undefined),
  }
}

/** A row of an item, or the reason why it cannot be one. */
export function sinkRow(item: SinkItem, index: number, { kind, key }: SinkTarget): SinkRow | string {
  const parts: readonly unknown[] =
    kind === 'update' ? item.key.split(keySeparator) : key.map((name) => item.values[name])
  if (parts.length !== key.length)
    return `the key "${item.key}" has ${parts.length} parts, the sink's key has ${key.length} (${key.join(', ')})`
  try {
    const keyJson = parts.map((part, place) => cellJson(key[place] ?? '', part))
    if (keyJson.includes('null')) return `a part of the key (${key.join(', ')}) is null`
    return { index, item, keyJson, keyText: keyJson.join(',') }
  } catch (thrown) {
    return reasonOf(thrown)
  }
}

/** The row as JSON, numbered by its place in the chunk, and its vectors; or the reason why it cannot be written. */
export function serialise(row: SinkRow, shape: SinkShape): SerialisedRow | { readonly reason: string } {
  try {
    const vectors: (Buffer | null)[] = []
    const cells = shape.set.map(({ name, elements }) => {
      const value = row.item.values[name]
      if (elements === null) return cellJson(name, value)
      const packed = packNumbers(name, value, elements)
      vectors.push(packed)
      return packed === null ? cellJson(name, value) : 'null'
    })
    return { json: rowJson(row.index, row.keyJson, cells), vectors }
  } catch (thrown) {
    return { reason: reasonOf(thrown) }
  }
}

function reasonOf(thrown: unknown): string {
  // A circular value or one nested too deeply makes JSON.stringify throw; that is a matter of this row alone.
  if (thrown instanceof Unwritable || thrown instanceof RangeError || thrown instanceof TypeError)
    return thrown.message
  throw thrown
}
