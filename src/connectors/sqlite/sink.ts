import { resolve } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { OffpeakError } from '../../domain/errors.ts'
import type { OpenSink, SinkItem, SinkPresence, SinkRecord, SinkResult, SinkRow } from '../../ports/sink.ts'
import { keyOf } from '../../domain/record-key.ts'

import { retrying } from '../database/retry.ts'
import {
  keyedRow,
  type KeyedRow,
  noRow,
  severalRows,
  readTarget,
  resultsOfAll,
  sinkShape,
  sortRows,
} from '../tables/sink-rows.ts'
import { textOf, textRow } from '../tables/sink-row-names.ts'
import { usualText } from './column-rules.ts'
import { type SinkTarget, checkKey, columnsOf, stopIfTableChanged, type Table } from '../tables/sink-table.ts'
import { readSqliteTable, requireIndex } from './catalogue.ts'
import { isBusy, openSqlite, sqliteError } from './file.ts'
import { behindChunks, clearOldRows } from './old-rows.ts'
import { checkScope, type SinkScope } from '../tables/sink-scope.ts'
import { boundCell } from './bound-cell.ts'
import { Unwritable } from '../tables/json-value.ts'
import { sqliteKeys, sqliteWriter } from './writing.ts'

/**
 * A table of a SQLite file as a sink: `{ database, table, key?, set }` updates rows by key, `{ database, upsert, key,
 * set }` inserts or updates. A chunk is one transaction; objects and lists are stored as JSON text, booleans as 0 and 1, dates as
 * ISO text. SQLite keeps no versions of rows, so that no row ever counts as changed.
 *
 * Opening throws E_SINK_TABLE for a file that is not there.
 */
export const openSqliteSink: OpenSink = async (
  definition,
  { baseDir, sourceKey, locate = (path) => path },
) => {
  const { name, target, scope } = readTarget(definition, sourceKey)
  const { database: file } = definition
  if (typeof file !== 'string' || /^(?:postgres(?:ql)?|pglite):/.test(file)) {
    throw new OffpeakError('E_JOB_INVALID', `The sink's database names a SQLite file, not ${String(file)}`, {
      fix: 'Leave `database` out of the sink to write the database of the configuration.',
    })
  }
  const path = locate(resolve(baseDir, file))
  const database = openSqlite(path, { readOnly: false, code: 'E_SINK_TABLE' })
  // What is told as written must survive a loss of power.
  database.exec('pragma synchronous = full')
  const inTransaction = <T>(end: 'commit' | 'rollback', act: (table: Table) => T): Promise<T> =>
    retrying(
      async () => transaction(database, end, () => act(readSqliteTable(database, name, path))),
      isBusy,
    ).catch((thrown: unknown) => {
      throw sqliteError(thrown, path)
    })

  return {
    describe: `${target.kind} ${name} in ${file}`,
    async dryRun(item) {
      // Without a record at hand no row has the key, but the statement is made all the same.
      const known = item.key === '' ? { ...item, key: keyOf(target.key.map(() => '')) } : item
      const [result] = await inTransaction('rollback', (table) => {
        checkKey(table, target, known)
        requireIndex(database, table, target.key)
        columnsOf(table, known.values)
        if (scope !== null) checkScope(table, scope, known)
        return writeItems(database, { table, target, scope }, [known])
      })
      if (result?.kind !== 'rejected') return
      throw new OffpeakError('E_SINK_VALUE', `The sink cannot write ${name}: ${result.reason}`, {
        where: path,
        fix: 'Correct what set returns, or the constraints of the table.',
      })
    },
    alters: (item) =>
      inTransaction('rollback', (table) =>
        item.key === '' ? [] : alterationsOf(database, { table, target, scope }, item),
      ),
    ...(target.kind === 'update'
      ? {
          present: async (records) => {
            try {
              const table = readSqliteTable(database, name, path)
              checkKey(table, target, { key: '', values: {} })
              return presentKeys(database, table, target, records)
            } catch (thrown) {
              throw sqliteError(thrown, path)
            }
          },
        }
      : {}),
    async problems(items) {
      try {
        const table = readSqliteTable(database, name, path)
        return rowsOf(items, target).map((row) =>
          'problem' in row ? row.problem : cellProblem(table, row.item),
        )
      } catch (thrown) {
        throw sqliteError(thrown, path)
      }
    },
    async rows(items) {
      try {
        return rowsOfItems(readSqliteTable(database, name, path, target.key), target, items)
      } catch (thrown) {
        throw sqliteError(thrown, path)
      }
    },
    ...(scope === null
      ? {}
      : {
          behindChunks: (items, act) =>
            inTransaction(act === 'clear' ? 'commit' : 'rollback', (table) =>
              behindChunks(database, { table, scope }, items, act),
            ),
        }),
    holds: (items) =>
      inTransaction('rollback', (table) => {
        const sorted = sortRows(rowsOf(items, target), table, target)
        const results = [...sorted.known]
        for (const { shape, rows } of sorted.groups) {
          const writer = sqliteWriter(database, shape)
          for (const { row, index } of rows)
            results[index] = { kind: writer.holds(row.item) ? 'same' : 'changed' }
        }
        return resultsOfAll(sorted, results, table).map(({ kind }) => kind === 'same')
      }),
    write: (items) =>
      inTransaction('commit', (table) => {
        stopIfTableChanged(table, rowsOf(items, target), items)
        return writeItems(database, { table, target, scope }, items)
      }),
    async [Symbol.asyncDispose]() {
      if (database.isOpen) database.close()
    },
  }
}

/** Whether each record's key belongs to one row of the table that is updated. */
function presentKeys(
  database: DatabaseSync,
  table: Table,
  target: SinkTarget,
  records: readonly SinkRecord[],
): readonly SinkPresence[] {
  const shape = sinkShape(table, target, [])
  const look = sqliteKeys(database, shape)
  return records.map(({ key }) => {
    const keyed = keyedRow({ key, values: {} }, target)
    if ('problem' in keyed) return keyed
    const { rows } = look(key)
    if (rows === 1) return 'open'
    return { problem: rows === 0 ? noRow(shape) : severalRows(shape, rows) }
  })
}

function rowsOfItems(
  table: Table,
  target: SinkTarget,
  items: readonly SinkItem[],
): readonly (SinkRow | null)[] {
  const shape = sinkShape(table, target, [])
  return items.map((item) => {
    const told = textRow(item, shape, target)
    if (told.kind === 'known') return told.row
    const texts = told.row.keyJson.map((json, at) => {
      const column = shape.key[at]
      return column === undefined ? json : usualText(textOf(json), column)
    })
    return { name: keyOf(texts), isOwnKey: false }
  })
}

function writeItems(
  database: DatabaseSync,
  {
    table,
    target,
    scope,
  }: { readonly table: Table; readonly target: SinkTarget; readonly scope: SinkScope | null },
  items: readonly SinkItem[],
): readonly SinkResult[] {
  const sorted = sortRows(rowsOf(items, target), table, target)
  const results = [...sorted.known]
  const writtenBy = new Map<string, string>()
  for (const { shape, rows } of sorted.groups) {
    const writer = sqliteWriter(database, shape, writtenBy)
    // Of several records with the key of one row, the greatest is written.
    const ordered = rows.toSorted((one, other) => (one.row.key > other.row.key ? -1 : 1))
    for (const { row, index } of ordered) results[index] = writer.write(row.item)
  }
  if (scope !== null) clearOldRows(database, { table, target, scope }, items, results)
  return resultsOfAll(sorted, results, table)
}

/** What the table makes of an item that can be written, where that is something else, in words. */
function alterationsOf(
  database: DatabaseSync,
  { table, target, scope }: Parameters<typeof writeItems>[1],
  item: SinkItem,
): readonly string[] {
  const [result] = writeItems(database, { table, target, scope }, [item])
  if (result?.kind !== 'written') return []
  const set = columnsOf(table, item.values).filter(
    ({ name }) => target.kind === 'update' || !target.key.includes(name),
  )
  const names = set
    .filter((column) => !sqliteWriter(database, sinkShape(table, target, [column])).holds(item))
    .map(({ name }) => name)
  return names.length === 0
    ? []
    : [`${table.text} holds something else than the answer in ${names.join(', ')}: a trigger changes it`]
}

/** Why a column cannot hold what it is given; null: nothing is known against it. */
function cellProblem({ columns }: Table, { values }: SinkItem): string | null {
  try {
    for (const [name, value] of Object.entries(values)) {
      const column = columns.get(name)
      if (column !== undefined) boundCell(column, value)
    }
    return null
  } catch (thrown) {
    if (thrown instanceof Unwritable) return thrown.message
    throw thrown
  }
}

interface ItemRow extends KeyedRow {
  readonly item: SinkItem
}

function rowsOf(
  items: readonly SinkItem[],
  target: SinkTarget,
): readonly (ItemRow | { readonly problem: string })[] {
  return items.map((item) => {
    const row = keyedRow(item, target)
    return 'problem' in row ? row : { ...row, item }
  })
}

/** Takes the write lock first, so that nothing changes between what is read and what is written. */
function transaction<T>(database: DatabaseSync, end: 'commit' | 'rollback', act: () => T): T {
  database.exec('begin immediate')
  try {
    const result = act()
    database.exec(end)
    return result
  } catch (thrown) {
    // A trigger may have ended the transaction, and everything of the chunk with it.
    if (database.isTransaction) database.exec('rollback')
    throw thrown
  }
}
