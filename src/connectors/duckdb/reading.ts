import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DuckDBConnection, DuckDBInstance, DuckDBType, DuckDBValue } from '@duckdb/node-api'
import { OffpeakError, messageOf } from '../../domain/errors.ts'
import { withExactNumbers } from '../../planning/text/exact-numbers.ts'
import { extensionFix, ofConnection, runSetup, type DuckdbSetup } from './setup.ts'
import { duckdbReader, type DuckDb } from './values.ts'
import { importPeer } from '../../engine/peer.ts'
import { shownText, weight } from '../tables/plain-values.ts'
import { keyList, type KeyColumn } from '../postgres/selection.ts'
import type { Cells, QueryDatabase, Reading } from '../tables/query-database.ts'
import { joinSql, quoteName, rawSql, sql, type Sql } from '../database/sql.ts'

const blockBytes = 500_000

/**
 * DuckDB for `queryReader`: in memory, or a database file that is only read. Relative paths in a query are looked up in
 * `baseDir`. Each reading has a connection of its own, and streams.
 */
export async function duckdbReading(
  path: string | null,
  baseDir: string,
  setup: readonly (string | DuckdbSetup)[] = [],
  env: (name: string) => string | null = () => null,
): Promise<QueryDatabase> {
  const duckdb = await importPeer('@duckdb/node-api')
  const plainValue = duckdbReader(duckdb)
  const where = path ?? 'DuckDB'
  const instance = await openInstance(duckdb, path, baseDir)
  const again = ofConnection(setup)
  const connect = async (statements = again): Promise<DuckDBConnection> => {
    const connection = await instance.connect()
    try {
      await runSetup(statements, env, (text) => connection.run(text))
      return connection
    } catch (thrown) {
      connection.closeSync()
      throw thrown
    }
  }
  try {
    if (setup.length > 0) (await connect(setup)).closeSync()
  } catch (thrown) {
    instance.closeSync()
    throw thrown
  }
  const withConnection = async <T>(act: (connection: DuckDBConnection) => Promise<T>): Promise<T> => {
    const connection = await connect()
    try {
      return await act(connection)
    } catch (thrown) {
      throw queryError(thrown, where)
    } finally {
      connection.closeSync()
    }
  }
  return {
    where,
    columns: ({ text, values }) =>
      withConnection(async (connection) => {
        const [list, types] = bound(duckdb, values)
        const result = await connection.run(text, list, types)
        return result.columnNames().map((name, index) => {
          const type = result.columnType(index)
          return { name, type: type.alias ?? String(type) }
        })
      }),
    async *read(reading) {
      const connection = await connect()
      try {
        const { text, values } = statementOf(reading)
        const [list, types] = bound(duckdb, values)
        const result = await connection.stream(text, list, types)
        let block: Cells[] = []
        let bytes = 0
        for await (const rows of result.yieldRows()) {
          for (const cells of rows) {
            const plain = cells.map(plainValue)
            block.push(plain)
            bytes += weight(plain)
            if (bytes < blockBytes) continue
            yield block
            ;[block, bytes] = [[], 0]
          }
        }
        if (block.length > 0) yield block
      } catch (thrown) {
        throw queryError(thrown, where)
      } finally {
        connection.closeSync()
      }
    },
    plain: (cell, { type }) => (type === 'JSON' && typeof cell === 'string' ? parsed(cell) : cell),
    cursorPart(cell) {
      if (cell === null || cell === undefined) return null
      return typeof cell === 'object' ? JSON.stringify(cell) : shownText(cell)
    },
    keyText: (part) => part,
    keyGroup: (name) => rawSql(`q.${quoteName(name)}`),
    order: (key) => keyList(key.map(({ name }) => name)),
    after,
    oneOf(key, keys) {
      const lists = key.map(({ type }, index) =>
        typed('try_cast', type, sql`unnest(${keys.map((parts) => parts[index] ?? '')})`),
      )
      return sql`(${keyList(key.map(({ name }) => name))}) in (select ${joinSql(lists, ', ')})`
    },
    async [Symbol.asyncDispose]() {
      instance.closeSync()
    },
  }
}

async function openInstance(duckdb: DuckDb, path: string | null, baseDir: string): Promise<DuckDBInstance> {
  try {
    return await duckdb.DuckDBInstance.create(path ?? ':memory:', {
      file_search_path: baseDir,
      // What does not fit into memory is sorted on disk; never in the directory that the process happens to be in.
      temp_directory: join(tmpdir(), `offpeak-duckdb-${process.pid}`),
      ...(path === null ? {} : { access_mode: 'READ_ONLY' }),
    })
  } catch (cause) {
    throw new OffpeakError(
      'E_SOURCE_FILE',
      `The DuckDB database ${path ?? ''} cannot be opened: ${messageOf(cause)}`,
      {
        where: path ?? baseDir,
        fix: 'Correct `database` in the job, and see that no other process writes it.',
        cause,
      },
    )
  }
}

function parsed(text: string): unknown {
  return withExactNumbers(JSON.parse(text), text)
}

function statementOf(reading: Reading): Sql {
  return reading.kind === 'keyed' ? reading.statement(reading.from) : reading.statement
}

/** A key's text as its type. Bytes are told as `\x6162`, where DuckDB writes `\x61\x62`. */
function typed(cast: 'cast' | 'try_cast', type: string, text: Sql): Sql {
  if (type !== 'BLOB') return sql`${rawSql(cast)}(${text} as ${rawSql(type)})`
  return sql`${rawSql(cast)}(regexp_replace(substr(${text}, 3), '(..)', '\\\\x\\1', 'g') as blob)`
}

/** `a > x or (a = x and b > y)`: the columns are compared in their own types. */
function after(key: readonly KeyColumn[], parts: readonly string[]): Sql {
  const column = (index: number): Sql => rawSql(`q.${quoteName(key[index]?.name ?? '')}`)
  const value = (index: number): Sql => typed('cast', key[index]?.type ?? '', sql`${parts[index] ?? ''}`)
  const alternatives = key.map((_, last) => {
    const equal = key.slice(0, last).map((_, index) => sql`${column(index)} = ${value(index)}`)
    return sql`(${joinSql([...equal, sql`${column(last)} > ${value(last)}`], ' and ')})`
  })
  return sql`(${joinSql(alternatives, ' or ')})`
}

function bound(duckdb: DuckDb, values: readonly unknown[]): [DuckDBValue[], DuckDBType[]] {
  const list: DuckDBValue[] = []
  const types: DuckDBType[] = []
  values.forEach((value, index) => {
    if (value instanceof Date) {
      list.push(new duckdb.DuckDBTimestampTZValue(BigInt(value.getTime()) * 1_000n))
      types.push(duckdb.TIMESTAMPTZ)
    } else if (Array.isArray(value)) {
      list.push(duckdb.listValue(value.map(String)))
      types.push(duckdb.LIST(duckdb.VARCHAR))
    } else if (value === null) {
      list.push(null)
      types.push(duckdb.SQLNULL)
    } else if (typeof value === 'string' || typeof value === 'boolean') {
      list.push(value)
      types.push(typeof value === 'string' ? duckdb.VARCHAR : duckdb.BOOLEAN)
    } else if (typeof value === 'number') {
      list.push(Number.isSafeInteger(value) ? BigInt(value) : value)
      types.push(Number.isSafeInteger(value) ? duckdb.BIGINT : duckdb.DOUBLE)
    } else if (typeof value === 'bigint') {
      list.push(value)
      types.push(duckdb.HUGEINT)
    } else {
      throw new OffpeakError('E_USAGE', `sql: value ${index + 1} (${typeof value}) cannot be bound in DuckDB`)
    }
  })
  return [list, types]
}

function queryError(thrown: unknown, where: string): OffpeakError {
  if (thrown instanceof OffpeakError) return thrown
  // The place that DuckDB shows is one in the statement around the query.
  const said = messageOf(thrown)
    .replace(/\n\nLINE \d[\s\S]*$/, '')
    .replaceAll(/\s+/g, ' ')
  return new OffpeakError('E_SOURCE_QUERY', `The query failed: ${said}`, {
    where,
    fix: extensionFix(said) ?? 'Run the query in duckdb to fix it; paths are relative to the project.',
    cause: thrown,
  })
}
