import { checkOptions } from '../../planning/known-options.ts'
import { resolve } from 'node:path'
import type { StandardSchema } from '../../domain/standard-schema.ts'
import type { Source } from '../../ports/source.ts'
import { anyRow } from '../record.ts'
import { rowsSource } from '../row-files/rows-source.ts'
import { namedTables, readStatement } from '../database/statement.ts'
import { requireSql, type Sql } from '../database/sql.ts'

/** Options of a source over a SQLite query. */
export interface SqliteRowsOptions {
  /** The database, relative to the project's directory. It is only read. */
  readonly file: string
  /** One select statement. Its own `order by` decides which rows a limit takes; Offpeak reads them by key. */
  readonly query: Sql
  /** The columns of the query that identify a row; unique together. */
  readonly key: string | readonly string[]
}

/**
 * Rows of a query on a SQLite file, with the types of the row schema. Whole numbers beyond ±2^53 arrive as text,
 * bytes as `\x…`.
 *
 * Opening throws E_SOURCE_FILE; reading E_SOURCE_QUERY, E_SOURCE_KEY, E_DATABASE_BUSY.
 */
function rows<Row>(options: SqliteRowsOptions & { readonly row: StandardSchema<unknown, Row> }): Source<Row>
function rows(options: SqliteRowsOptions): Source<Record<string, unknown>>
function rows<Row>(
  options: SqliteRowsOptions & { readonly row?: StandardSchema<unknown, Row> },
): Source<Row> | Source<Record<string, unknown>> {
  checkOptions('sqlite.rows', options, { file: 'needed', query: 'checked', key: 'checked', row: 'optional' })
  return options.row ? source(options, options.row) : source(options, anyRow)
}

function source<Row>(
  { file, query, key }: SqliteRowsOptions,
  row: StandardSchema<unknown, Row>,
): Source<Row> {
  requireSql(query, 'sqlite.rows')
  return rowsSource({
    kind: 'sqlite',
    describe: `${namedTables(query)} in ${file}`,
    key,
    async open({ baseDir, locate = (path) => path }, key, limit) {
      const { sqliteReading } = await import('./reading.ts')
      const { queryReader } = await import('../tables/query-reader.ts')
      readStatement(query)
      const path = locate(resolve(baseDir, file))
      return queryReader({ database: sqliteReading(path), file: path, query, key, row, limit })
    },
  })
}

/** SQLite files as a source. */
export const sqlite = { rows }
