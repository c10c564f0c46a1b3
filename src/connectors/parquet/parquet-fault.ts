import { OffpeakError } from '../../domain/errors.ts'

/** E_SOURCE_FILE of a Parquet file; `what` goes on behind its name. */
export function parquetError(path: string, what: string, fix: string, cause?: unknown): OffpeakError {
  return new OffpeakError('E_SOURCE_FILE', `The Parquet file ${path} ${what}`, { where: path, fix, cause })
}

/** How DuckDB reads the file, which knows some things that are not read here. */
export function byDuckDb(path: string): string {
  return `Read it by DuckDB: duckdb.rows({ query: sql\`select * from '${path}'\`, key: … }).`
}
