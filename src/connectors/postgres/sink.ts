import { OffpeakError } from '../../domain/errors.ts'
import type { OpenSink, Sink } from '../../ports/sink.ts'
import { openDatabase, type DatabaseConnection, type Database } from '../database/database.ts'
import { readTable } from './catalogue.ts'
import { databaseError, failureText, isRowFailure, isTooSlow, isTransient, sqlFailure } from './errors.ts'
import { isSamePlace, type Mark, parseMark, readMark } from './mark.ts'
import { retrying } from '../database/retry.ts'
import { behindChunks, clearOldRows } from '../tables/old-rows.ts'
import {
  keyedRow,
  type PackedRow,
  readTarget,
  type Results,
  resultsOfAll,
  sinkShape,
  sortRows,
} from '../tables/sink-rows.ts'
import { dryRunScope } from '../tables/old-rows-rehearsal.ts'
import { alterationsOf, dryRunRow } from '../tables/sink-rehearsal.ts'
import { Packer } from '../tables/sink-packing.ts'
import {
  type SinkTarget,
  boundedTexts,
  checkKey,
  columnsOf,
  stopIfTableChanged,
  type Table,
  tellsRowsApart,
} from '../tables/sink-table.ts'
import { presentRows } from '../tables/sink-presence.ts'
import { rowNames, textRow } from '../tables/sink-row-names.ts'
import { writeGroup, type ConflictCheck, type Pace } from '../tables/sink-writing.ts'

/**
 * A PostgreSQL table as a sink: `{ table, key?, set }` updates rows by key, `{ upsert, key, set }` inserts or updates.
 *
 * With `scope` an upsert owns the chunks of a text: see `SinkScope`.
 *
 * Changed rows are told in one of two ways. When the records come from exactly this table, by this key, the row's own
 * version is compared with the mark, in the same statement that writes. Else the table cannot tell what happened to
 * the record's source: every row that is not equal is reported as `changed`, for the caller to look at the
 * source again and write what still holds without a mark. Without a mark nothing counts as changed.
 */
export const openPostgresSink: OpenSink = async (definition, context) => {
  const written = readTarget(definition, context.sourceKey)
  const { name } = written
  if (context.databaseUrl === null) {
    throw new OffpeakError('E_CONFIG', `No database is named for the sink ${name}`, {
      fix: 'Set DATABASE_URL, or `database` in the configuration.',
    })
  }
  const database = await openDatabase(context.databaseUrl, context.baseDir, context.locate)
  return postgresSink(database, written, context)
}

type Sorted = ReturnType<typeof sortRows<PackedRow>>

interface KnownTable {
  readonly table: Table
  readonly packer: Packer
  /** Where the table is, if its rows tell by themselves whether they have changed. */
  readonly here: Mark | null
}

function postgresSink(
  database: Database,
  { name, target, scope }: ReturnType<typeof readTarget>,
  context: Parameters<OpenSink>[1],
): Sink {
  let known: Promise<KnownTable> | null = null
  const pace: Pace = { mostRows: Infinity }
  const opened = (): NonNullable<typeof known> => {
    known ??= database
      .transaction('read only', async (connection) => {
        const table = await readTable(connection, name, database.where)
        const here = followsVersions(table) ? await readMark(connection) : null
        return { table, here, packer: new Packer(table, target) }
      })
      .catch((thrown: unknown) => {
        known = null
        throw databaseError(thrown, database.where)
      })
    return known
  }
  const followsVersions = (found: Table): boolean =>
    found.versioned &&
    context.sourceTables.length === 1 &&
    context.sourceTables[0] === found.text &&
    target.key.join('\0') === context.sourceKey.join('\0')

  /** Rows of this very table have one key each where a unique index says so. */
  const present: NonNullable<Sink['present']> = async (records) => {
    const { table, packer } = await opened()
    checkKey(table, target, { key: '', values: {} })
    if (followsVersions(table) && tellsRowsApart(table, target.key)) return records.map(() => 'open')
    const keys = records.map(({ key }) => key)
    return await database
      .transaction('read only', (connection) =>
        presentRows(connection, sinkShape(table, target, []), packer, keys),
      )
      .catch((thrown: unknown) => {
        throw keyTypeError(thrown, table, target) ?? databaseError(thrown, database.where)
      })
  }

  return {
    describe: `${target.kind} ${name}`,
    async dryRun(item) {
      known = null
      const { table: found } = await opened()
      checkKey(found, target, item)
      const columns = columnsOf(found, item.values)
      const set = columns.filter((column) => target.kind === 'update' || !target.key.includes(column.name))
      await dryRunRow(database, sinkShape(found, target, set), item, target).catch((thrown: unknown) => {
        throw keyTypeError(thrown, found, target) ?? thrown
      })
      if (scope !== null) await dryRunScope(database, { table: found, target, scope }, item)
    },
    async alters(item) {
      const { table: found } = await opened()
      const columns = columnsOf(found, item.values)
      const set = columns.filter((column) => target.kind === 'update' || !target.key.includes(column.name))
      return alterationsOf(database, sinkShape(found, target, set), item, target)
    },
    ...(target.kind === 'update' ? { present } : {}),
    async problems(items) {
      const { packer } = await opened()
      return items.map((item) => {
        const { row } = packer.pack(item)
        return 'problem' in row ? row.problem : null
      })
    },
    async mostCharacters() {
      const { table } = await opened()
      return boundedTexts(table)
    },
    async rows(items) {
      const { table } = await opened()
      const shape = sinkShape(table, target, [])
      const told = items.map((item) => textRow(item, shape, target))
      const open = told.flatMap((one, index) => (one.kind === 'open' ? [{ index, row: one.row }] : []))
      const names =
        open.length === 0
          ? null
          : await database
              .transaction('read only', (connection) => rowNames(connection, shape, open))
              .catch((thrown: unknown) => {
                throw databaseError(thrown, database.where)
              })
      return told.map((one, index) => {
        if (one.kind === 'known') return one.row
        const name = names?.get(index)
        return name === undefined ? null : { name, isOwnKey: false }
      })
    },
    ...(scope === null
      ? {}
      : {
          async behindChunks(items, act) {
            const { table } = await opened()
            const rows = items.flatMap((item) => {
              const row = keyedRow(item, target)
              return 'problem' in row ? [] : [{ item, row }]
            })
            return await database
              .transaction('read write', (connection) =>
                behindChunks(connection, { table, target, scope }, rows, act),
              )
              .catch((thrown: unknown) => {
                throw databaseError(thrown, database.where)
              })
          },
        }),
    async holds(items) {
      const { table, packer } = await opened()
      const sorted = sortRows(
        items.map((item) => packer.pack(item).row),
        table,
        target,
      )
      const results = await database
        .transaction('read only', (connection) => heldRows(connection, sorted, pace))
        .catch((thrown: unknown) => {
          throw databaseError(thrown, database.where)
        })
      return resultsOfAll(sorted, results, table).map(({ kind }) => kind === 'same')
    },
    async pack(items) {
      const { packer } = await opened()
      return items.map((item) => packer.pack(item))
    },
    async write(items, { mark }) {
      const { table: found, here, packer } = await opened()
      const packed = items.map((item) => packer.pack(item))
      const rows = packed.map(({ row }) => row)
      const sorted = sortRows(rows, found, target)
      stopIfTableChanged(found, rows, items)
      const conflictCheck = conflictCheckOf(mark, here)
      const attempt = (careful: boolean): Promise<Results> =>
        retrying(
          () =>
            database.transaction('read write', async (connection) => {
              const results = await writeRows(connection, sorted, { conflictCheck, careful, pace })
              if (scope !== null)
                await clearOldRows(connection, { table: found, target, scope }, packed, { careful, results })
              return results
            }),
          isTransient,
        )
      let results: Results
      try {
        // Most chunks hold no bad row and take little time, and do without savepoints; the others are done again, carefully.
        results = await attempt(false).catch((thrown: unknown) => {
          const failure = sqlFailure(thrown)
          if (isTooSlow(thrown) || (failure && isRowFailure(failure))) return attempt(true)
          throw thrown
        })
      } catch (thrown) {
        known = null
        throw writeError(thrown, found, database.where)
      }
      return resultsOfAll(sorted, results, found)
    },
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  }
}

/** How it is told whether a row has changed since it was read. */
function conflictCheckOf(mark: string | null, here: Mark | null): ConflictCheck {
  if (mark === null) return { kind: 'none' }
  const since = parseMark(mark)
  return since !== null && here !== null && isSamePlace(since, here)
    ? { kind: 'version', since }
    : { kind: 'look' }
}

async function writeRows(
  connection: DatabaseConnection,
  sorted: Sorted,
  how: Parameters<typeof writeGroup>[2],
): Promise<Results> {
  const results = [...sorted.known]
  for (const group of sorted.groups) await writeGroup(connection, group, how, results)
  return results
}

/** What the table holds of rows as they would be written; nothing is. */
function heldRows(connection: DatabaseConnection, sorted: Sorted, pace: Pace): Promise<Results> {
  return writeRows(connection, sorted, { conflictCheck: { kind: 'look' }, careful: false, pace })
}

/** For a key of a type that has no equality (json, xml, point): no row can be found by it. */
function keyTypeError(thrown: unknown, { text, columns }: Table, { key }: SinkTarget): OffpeakError | null {
  const cause = thrown instanceof OffpeakError ? thrown.cause : thrown
  // undefined_function (PostgreSQL, appendix A).
  if (sqlFailure(cause)?.code !== '42883') return null
  const named = key.map((name) => `${name} ${columns.get(name)?.type ?? ''}`).join(', ')
  return new OffpeakError(
    'E_SINK_KEY',
    `No row of ${text} can be found by its key (${named}): PostgreSQL cannot compare this type`,
    {
      where: text,
      fix: 'Name another column that identifies a row as `key` of the source or the sink.',
      cause: thrown,
    },
  )
}

function writeError(thrown: unknown, table: Table, where: string): OffpeakError {
  const failure = sqlFailure(thrown)
  const gone = failure?.code === '42P01' ? 'E_SINK_TABLE' : failure?.code === '42703' ? 'E_SINK_COLUMN' : null
  if (!failure || gone === null) return databaseError(thrown, where)
  return new OffpeakError(
    gone,
    `The table ${table.text} has changed since the job was checked: ${failureText(failure)}`,
    {
      where: table.text,
      fix: 'Bring the table and the sink of the job together again, then continue with the run.',
      cause: thrown,
    },
  )
}
