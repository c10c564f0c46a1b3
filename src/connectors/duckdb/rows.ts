import { checkOptions } from '../../planning/known-options.ts'
import { resolve } from 'node:path'
import type { StandardSchema } from '../../domain/standard-schema.ts'
import type { Source } from '../../ports/source.ts'
import { anyRow } from '../record.ts'
import { rowsSource } from '../row-files/rows-source.ts'
import { namedTables, readStatement } from '../database/statement.ts'
import { requireSql, type Sql } from '../database/sql.ts'
import { type DuckdbSetup, setup } from './setup.ts'

/** Options of a source over DuckDB. */
export interface DuckdbRowsOptions {
  /**
   * One select statement over whatever DuckDB reads: `select * from 'data/*.parquet'`, relative to the project's
   * directory. Its own `order by` decides which rows a limit takes; Offpeak reads them by key.
   */
  readonly query: Sql
  /** The columns of the query that identify a row; unique together. */
  readonly key: string | readonly string[]
  /** A DuckDB database, relative to the project's directory, that is only read; none when left out. */
  readonly database?: string
  /**
   * Statements that make ready what the query reads, before it, in each process that reads: `INSTALL`, `LOAD`, `ATTACH`,
   * `CREATE SECRET`. In `duckdb.setup` texts, `${{ env: 'S3_KEY' }}` stands for a value of the environment, quoted as a text
   * of SQL; it is never printed.
   */
  readonly setup?: readonly (string | DuckdbSetup)[]
}

/**
 * Rows of a DuckDB query, with the types of the row schema; values arrive as `duckdbReader` says. Needs the package
 * @duckdb/node-api (E_PEER_MISSING).
 *
 * Opening throws E_SOURCE_FILE; reading E_SOURCE_QUERY, E_SOURCE_KEY.
 */
function rows<Row>(options: DuckdbRowsOptions & { readonly row: StandardSchema<unknown, Row> }): Source<Row>
function rows(options: DuckdbRowsOptions): Source<Record<string, unknown>>
function rows<Row>(
  options: DuckdbRowsOptions & { readonly row?: StandardSchema<unknown, Row> },
): Source<Row> | Source<Record<string, unknown>> {
  checkOptions('duckdb.rows', options, {
    query: 'checked',
    key: 'checked',
    row: 'optional',
    database: 'optional',
    setup: 'optional',
  })
  return options.row ? source(options, options.row) : source(options, anyRow)
}

function source<Row>(
  { query, key, database, setup: statements = [] }: DuckdbRowsOptions,
  row: StandardSchema<unknown, Row>,
): Source<Row> {
  requireSql(query, 'duckdb.rows')
  return rowsSource({
    kind: 'duckdb',
    describe: namedTables(query),
    key,
    async open({ baseDir, env = () => null }, key, limit) {
      const { duckdbReading } = await import('./reading.ts')
      const { queryReader } = await import('../tables/query-reader.ts')
      readStatement(query)
      const path = database === undefined ? null : resolve(baseDir, database)
      return queryReader({
        database: await duckdbReading(path, baseDir, statements, env),
        file: path,
        query,
        key,
        row,
        limit,
      })
    },
  })
}

/** DuckDB, and every file that it reads, as a source. */
export const duckdb = { rows, setup }
