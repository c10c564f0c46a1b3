import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import { messageOf } from '../../domain/errors.ts'
import type { SinkItem, SinkResult } from '../../ports/sink.ts'
import { shownText } from '../tables/plain-values.ts'
import { keyParts } from '../../domain/record-key.ts'
import type { SinkShape } from '../tables/sink-table.ts'
import { Unwritable } from '../tables/unwritable.ts'
import { isRowFault, sqliteValue } from './file.ts'
import { quoteName } from '../database/sql.ts'
import { ownValue } from '../../domain/own-value.ts'

/** Works on single items inside the caller's transaction. */
export interface SqliteWriter {
  readonly write: (item: SinkItem) => SinkResult
  /** Whether the row has the item's values now. */
  readonly holds: (item: SinkItem) => boolean
}

/**
 * Writes one item inside the caller's transaction and tells what became of it. A row that has the values already is not
 * touched; a value that SQLite refuses undoes its own statement only.
 */
export function sqliteWriter(database: DatabaseSync, shape: SinkShape): SqliteWriter {
  const { kind, table, key, set } = shape
  // A column's own collation may take two texts for one, and the second would never be written.
  const differs =
    set.map(({ name }) => `t.${quoteName(name)} collate binary is not ?`).join(' or ') || 'false'
  const isRow = key.map(({ name }) => `t.${quoteName(name)} in (?, ?)`).join(' and ')
  const look = database.prepare(`select max(${differs}) as differs from ${table.quoted} as t where ${isRow}`)
  const write = database.prepare(kind === 'update' ? updateText(shape, isRow, differs) : upsertText(shape))

  const bind = (item: SinkItem): { readonly cells: Bound; readonly keys: readonly Bound[] } => ({
    cells: set.map(({ name }) => boundValue(name, ownValue(item.values, name))),
    keys:
      kind === 'update'
        ? keyParts(item.key).map(keyForms)
        : key.map(({ name }) => boundValue(name, ownValue(item.values, name))).map((value) => [value, value]),
  })
  /** 0: the row has these values, 1: it has others, null: there is no such row. */
  const differing = ({ cells, keys }: ReturnType<typeof bind>): unknown =>
    look.get(...cells, ...keys.flat())?.['differs'] ?? null

  return {
    write(item) {
      try {
        const values = bind(item)
        const { cells, keys } = values
        const bound =
          kind === 'update'
            ? [...cells, ...keys.flat(), ...cells]
            : [...keys.flatMap(([one]) => one ?? null), ...cells]
        if (Number(write.run(...bound).changes) > 0) return { kind: 'written' }
        const differs = differing(values)
        if (differs === null && kind === 'update') return { kind: 'missing' }
        return Number(differs ?? 1) === 0 ? { kind: 'same' } : leftAlone
      } catch (thrown) {
        const isOfRow = thrown instanceof Unwritable || isRowFault(thrown)
        if (!isOfRow || !database.isTransaction) throw thrown
        return { kind: 'rejected', reason: messageOf(thrown) }
      }
    },
    holds(item) {
      try {
        const differs = differing(bind(item))
        return differs !== null && Number(differs) === 0
      } catch (thrown) {
        if (thrown instanceof Unwritable) return false
        throw thrown
      }
    },
  }
}

type Bound = readonly SQLInputValue[]

const leftAlone: SinkResult = {
  kind: 'rejected',
  reason: 'the database left the row as it was: a trigger forbids it',
}

function updateText({ table, set }: SinkShape, isRow: string, differs: string): string {
  const assign = set.map(({ name }) => `${quoteName(name)} = ?`).join(', ')
  return `update ${table.quoted} as t set ${assign} where ${isRow} and (${differs})`
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

/** A key is text; where the column has no type, a number in it is only found as a number. */
function keyForms(text: string): readonly SQLInputValue[] {
  if (/^-?(?:0|[1-9]\d{0,17})$/.test(text)) return [text, BigInt(text)]
  const number = Number(text)
  return [text, String(number) === text && Number.isFinite(number) ? number : text]
}

export function boundValue(column: string, value: unknown): SQLInputValue {
  const found = sqliteValue(value, column)
  if (found !== undefined) return found
  const what = typeof value === 'object' ? 'a value without a form' : `${typeof value} ${shownText(value)}`
  throw new Unwritable(`${column}: is ${what}, which SQLite does not store; return null for no value`)
}
