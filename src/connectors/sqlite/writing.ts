import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import { messageOf } from '../../domain/errors.ts'
import type { SinkItem, SinkResult } from '../../ports/sink.ts'
import { keyParts } from '../../domain/record-key.ts'
import type { SinkShape } from '../tables/sink-table.ts'
import { Unwritable } from '../tables/json-value.ts'
import { boundCell, boundValue } from './bound-cell.ts'
import { isRowFault } from './file.ts'
import { quoteName } from '../database/sql.ts'
import { ownValue } from '../../domain/own-value.ts'
import { severalRows, takenBy } from '../tables/sink-rows.ts'
import { keyCondition, keyForms, sameForms } from './key-forms.ts'

/** A writer of single items inside the caller's transaction. */
export interface SqliteWriter {
  readonly write: (item: SinkItem) => SinkResult
  /** Whether the row has the item's values now. */
  readonly holds: (item: SinkItem) => boolean
}

/** What is there by the key of an item. */
interface Met {
  readonly rows: number
  readonly differs: boolean
  /** The row's own key, as a text that keeps its type. */
  readonly key: string
}

/**
 * A writer of one item inside the caller's transaction, which tells what became of it. A row that has the values
 * already is not touched, nor are several rows with one key, nor a row that another record was written to (`writtenBy`:
 * the record by the row's key); a value that SQLite refuses undoes its own statement only.
 */
export function sqliteWriter(
  database: DatabaseSync,
  shape: SinkShape,
  writtenBy = new Map<string, string>(),
): SqliteWriter {
  const { kind, table, key, set } = shape
  // A column's own collation may take two texts for one, and the second would never be written.
  const differs =
    set.map(({ name }) => `t.${quoteName(name)} collate binary is not ?`).join(' or ') || 'false'
  const isRow = keyCondition(key.map(({ name }) => name))
  const own = ownKey(key.map(({ name }) => name))
  const look = database.prepare(
    `select count(*) as rows, max(${differs}) as differs, max(${own}) as key from ${table.quoted} as t where ${isRow}`,
  )
  const write = database.prepare(kind === 'update' ? updateText(shape, isRow) : upsertText(shape))

  const bind = (item: SinkItem): { readonly cells: Bound; readonly keys: readonly Bound[] } => ({
    cells: set.map((column) => boundCell(column, ownValue(item.values, column.name))),
    keys:
      kind === 'update'
        ? keyParts(item.key).map(keyForms)
        : key.map(({ name }) => sameForms(boundValue(name, ownValue(item.values, name)))),
  })
  const meet = ({ cells, keys }: ReturnType<typeof bind>): Met => {
    const found = look.get(...cells, ...keys.flat())
    return {
      rows: Number(found?.['rows'] ?? 0),
      differs: Number(found?.['differs'] ?? 0) !== 0,
      key: String(found?.['key'] ?? ''),
    }
  }
  const writeItem = (item: SinkItem): SinkResult => {
    const values = bind(item)
    const { cells, keys } = values
    const met = meet(values)
    if (met.rows > 1) return { kind: 'rejected', reason: severalRows(shape, met.rows) }
    if (met.rows === 0 && kind === 'update') return { kind: 'missing' }
    const other = met.rows === 0 ? undefined : writtenBy.get(met.key)
    if (other !== undefined && other !== item.key) return takenBy(other, met.key)
    if (met.rows === 1) {
      writtenBy.set(met.key, item.key)
      if (!met.differs) return { kind: 'same' }
    }
    const bound =
      kind === 'update' ? [...cells, ...keys.flat()] : [...keys.flatMap(([one]) => one ?? null), ...cells]
    if (Number(write.run(...bound).changes) === 0) return leftAlone
    if (met.rows === 0) writtenBy.set(meet(values).key, item.key)
    return { kind: 'written' }
  }

  return {
    write(item) {
      try {
        return writeItem(item)
      } catch (thrown) {
        const isOfRow = thrown instanceof Unwritable || isRowFault(thrown)
        if (!isOfRow || !database.isTransaction) throw thrown
        return { kind: 'rejected', reason: messageOf(thrown) }
      }
    },
    holds(item) {
      try {
        const met = meet(bind(item))
        return met.rows === 1 && !met.differs
      } catch (thrown) {
        if (thrown instanceof Unwritable) return false
        throw thrown
      }
    },
  }
}

/** A lookup of the rows that have a record's key. */
export function sqliteKeys(
  database: DatabaseSync,
  { table, key }: Pick<SinkShape, 'table' | 'key'>,
): (key: string) => Pick<Met, 'rows' | 'key'> {
  const names = key.map(({ name }) => name)
  const look = database.prepare(
    `select count(*) as rows, max(${ownKey(names)}) as key from ${table.quoted} as t where ${keyCondition(names)}`,
  )
  return (text) => {
    const found = look.get(...keyParts(text).flatMap(keyForms))
    return { rows: Number(found?.['rows'] ?? 0), key: String(found?.['key'] ?? '') }
  }
}

/** The key of the row `t` as a text that keeps its type. */
function ownKey(key: readonly string[]): string {
  return key.map((name) => `quote(t.${quoteName(name)})`).join(` || ',' || `)
}

type Bound = readonly SQLInputValue[]

const leftAlone: SinkResult = {
  kind: 'rejected',
  reason: 'the database left the row as it was: a trigger forbids it',
}

function updateText({ table, set }: SinkShape, isRow: string): string {
  const assign = set.map(({ name }) => `${quoteName(name)} = ?`).join(', ')
  return `update ${table.quoted} as t set ${assign} where ${isRow}`
}

function upsertText({ table, key, set }: SinkShape): string {
  const keys = key.map(({ name }) => quoteName(name)).join(', ')
  const names = [...key, ...set].map(({ name }) => quoteName(name))
  const assign = set.map(({ name }) => `${quoteName(name)} = excluded.${quoteName(name)}`).join(', ')
  const differs = set
    .map(({ name }) => `t.${quoteName(name)} collate binary is not excluded.${quoteName(name)}`)
    .join(' or ')
  const action = set.length === 0 ? 'do nothing' : `do update set ${assign} where ${differs}`
  return `insert into ${table.quoted} as t (${names.join(', ')}) values (${names.map(() => '?').join(', ')})
 on conflict (${keys}) ${action}`
}
