import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import { messageOf } from '../../domain/errors.ts'
import { ownValue } from '../../domain/own-value.ts'
import type { SinkItem } from '../../ports/sink.ts'
import { quoteName } from '../database/sql.ts'
import { chunksEnd, otherKeyColumns, type SinkScope } from '../tables/sink-scope.ts'
import type { Results } from '../tables/sink-rows.ts'
import type { SinkTarget, Table } from '../tables/sink-table.ts'
import { Unwritable } from '../tables/json-value.ts'
import { isRowFault } from './file.ts'
import { boundValue } from './bound-cell.ts'

/**
 * Results of the items after the old rows beside them were removed or marked in SQLite, in the caller's transaction; an
 * item whose old rows the table keeps is rejected.
 */
export function clearOldRows(
  database: DatabaseSync,
  { table, target, scope }: { readonly table: Table; readonly target: SinkTarget; readonly scope: SinkScope },
  items: readonly SinkItem[],
  results: Results,
): void {
  const { of, chunk, mark } = scope
  const others = otherKeyColumns(target, scope)
  const is = (names: readonly string[], sign: string, between: string): string =>
    names.map((name) => `${quoteName(name)} ${sign} ?`).join(between)
  const replaced = others.length === 0 ? 'false' : `(${is([chunk, ...others], 'is', ' and ')}) is false`
  const old = `${is(of, 'is', ' and ')} and (${quoteName(chunk)} >= ? or (${quoteName(chunk)} is ? and ${replaced}))`
  const names = Object.keys(mark ?? {})
  const isMarked = mark !== null && names.length > 0
  const text = isMarked
    ? `update ${table.quoted} set ${is(names, '=', ', ')} where ${old} and (${is(names, 'is not', ' or ')})`
    : `delete from ${table.quoted} where ${old}`
  const statement = database.prepare(text)
  const marks = isMarked ? names.map((name) => boundValue(name, mark[name])) : []
  for (const [index, item] of items.entries()) {
    const kind = results[index]?.kind
    if (kind !== 'written' && kind !== 'same') continue
    const bound = (name: string): SQLInputValue => boundValue(name, ownValue(item.values, name))
    const end = chunksEnd(item, ownValue(item.values, chunk))
    const own = others.length === 0 ? [] : [bound(chunk), ...others.map(bound)]
    try {
      statement.run(...marks, ...of.map(bound), end, bound(chunk), ...own, ...marks)
    } catch (thrown) {
      if (!isRowFault(thrown) || !database.isTransaction) throw thrown
      const reason = `it is written, but what is old next to it cannot be removed or marked: ${messageOf(thrown)}`
      results[index] = { kind: 'rejected', reason }
    }
  }
}

/**
 * The rows behind the last chunks of texts that have not changed, counted, removed or marked, in the caller's
 * transaction; what the table wants to keep stays, with its reason.
 */
export function behindChunks(
  database: DatabaseSync,
  { table, scope }: { readonly table: Table; readonly scope: SinkScope },
  items: readonly SinkItem[],
  act: 'count' | 'clear',
): { readonly rows: number; readonly refused: string | null } {
  const { of, chunk, mark } = scope
  const names = Object.keys(mark ?? {})
  const isMarked = mark !== null && names.length > 0
  const old = [...of.map((name) => `${quoteName(name)} is ?`), `${quoteName(chunk)} >= ?`].join(' and ')
  const unmarked = names.map((name) => `${quoteName(name)} is not ?`).join(' or ')
  const where = isMarked ? `${old} and (${unmarked})` : old
  const marks = isMarked ? names.map((name) => boundValue(name, mark[name])) : []
  const set = names.map((name) => `${quoteName(name)} = ?`).join(', ')
  const count = database.prepare(`select count(*) as n from ${table.quoted} where ${where}`)
  const clear = database.prepare(
    isMarked
      ? `update ${table.quoted} set ${set} where ${where}`
      : `delete from ${table.quoted} where ${where}`,
  )
  let rows = 0
  let refused: string | null = null
  for (const item of items) {
    const end = chunksEnd(item, ownValue(item.values, chunk))
    if (end === null) continue
    try {
      const bound = [...of.map((name) => boundValue(name, ownValue(item.values, name))), end, ...marks]
      const met = Number(count.get(...bound)?.['n'] ?? 0)
      if (met > 0 && act === 'clear') clear.run(...(isMarked ? marks : []), ...bound)
      rows += met
    } catch (thrown) {
      const isOfRow = thrown instanceof Unwritable || isRowFault(thrown)
      if (!isOfRow || !database.isTransaction) throw thrown
      refused ??= messageOf(thrown)
    }
  }
  return { rows, refused }
}
