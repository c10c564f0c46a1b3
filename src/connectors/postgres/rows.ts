import { checkOptions } from '../../planning/known-options.ts'
import { OffpeakError } from '../../domain/errors.ts'
import type { StandardSchema } from '../../domain/standard-schema.ts'
import type { Source, SourceDefinition } from '../../ports/source.ts'
import { openDatabase } from '../database/database.ts'
import { chain } from '../pipeline/pipeline.ts'
import { anyRow, keyFields } from '../record.ts'
import { namedTables, readStatement } from '../database/statement.ts'
import { requireSql } from '../database/sql.ts'
import type { Sql } from '../database/sql.ts'

/** Options of a source over a PostgreSQL query. */
export interface PostgresRowsOptions {
  /** One select statement. Its own `order by` decides which rows a limit takes; Offpeak reads them by key. */
  readonly query: Sql
  /** The columns of the query that identify a row; unique together. */
  readonly key: string | readonly string[]
  /** Another database than the configured one: `postgres://…` or `pglite:<directory>`. */
  readonly database?: string
}

/**
 * Rows of a query, with the types of the row schema. Values arrive as `decode` in values.ts says.
 *
 * Opening throws E_CONFIG (no database is named), E_DATABASE, E_PEER_MISSING.
 */
function rows<Row>(options: PostgresRowsOptions & { readonly row: StandardSchema<unknown, Row> }): Source<Row>
function rows(options: PostgresRowsOptions): Source<Record<string, unknown>>
function rows<Row>(
  options: PostgresRowsOptions & { readonly row?: StandardSchema<unknown, Row> },
): Source<Row> | Source<Record<string, unknown>> {
  checkOptions('postgres.rows', options, {
    query: 'checked',
    key: 'checked',
    row: 'optional',
    database: 'optional',
  })
  return options.row ? chain(source(options, options.row, null)) : chain(source(options, anyRow, null))
}

function source<Row>(
  options: PostgresRowsOptions,
  row: StandardSchema<unknown, Row>,
  limit: number | null,
): SourceDefinition<Row> {
  requireSql(options.query, 'postgres.rows')
  const key = keyFields(options.key, 'postgres.rows')
  return {
    kind: 'postgres',
    describe: namedTables(options.query),
    key,
    async open({ databaseUrl, baseDir, locate }) {
      readStatement(options.query)
      const url = options.database ?? databaseUrl
      if (url === null) {
        throw new OffpeakError('E_CONFIG', 'No database is named for postgres.rows', {
          fix: 'Set DATABASE_URL, or `database` in the configuration or in postgres.rows.',
        })
      }
      const { postgresReader } = await import('./reader.ts')
      const database = await openDatabase(url, baseDir, locate)
      return postgresReader({ database, query: options.query, key, row, limit })
    },
    limit: (count) => source(options, row, limit === null ? count : Math.min(limit, count)),
  }
}

/** PostgreSQL and embedded PostgreSQL as a source. */
export const postgres = { rows }
