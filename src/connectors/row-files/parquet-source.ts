import { createHash } from 'node:crypto'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { StandardSchema } from '../../domain/standard-schema.ts'
import type { Source } from '../../ports/source.ts'
import type { Entry, FileFormat } from './file-reader.ts'
import { openParquet } from './parquet-file.ts'
import { weight } from '../tables/plain-values.ts'
import { anyRow } from '../record.ts'
import { fileRows } from './file-rows.ts'

interface RowsOptions {
  /** A Parquet file, or a directory of them that are read as one, by name. Relative to the project's directory. */
  readonly file: string
  /** The columns that identify a row; unique together. */
  readonly key: string | readonly string[]
}

/**
 * Rows of a Parquet file, with the types of the row schema; values arrive as `openParquet` says. A row that cannot be
 * used becomes a problem record. Needs the packages hyparquet and hyparquet-compressors (E_PEER_MISSING).
 */
function rows<Row>(options: RowsOptions & { readonly row: StandardSchema<unknown, Row> }): Source<Row>
function rows(options: RowsOptions): Source<Record<string, unknown>>
function rows<Row>(
  options: RowsOptions & { readonly row?: StandardSchema<unknown, Row> },
): Source<Row> | Source<Record<string, unknown>> {
  return options.row ? source(options, options.row) : source(options, anyRow)
}

function source<Row>(options: RowsOptions, row: StandardSchema<unknown, Row>): Source<Row> {
  return fileRows({ kind: 'parquet', file: options.file, key: options.key, row, format: parquetFormat })
}

interface RowEntry extends Entry {
  readonly row: Record<string, unknown>
}

function parquetFormat(path: string): FileFormat<RowEntry> {
  return {
    unit: 'row',
    async *entries(from) {
      let first = 0
      for (const part of await partsOf(path)) {
        const file = await openParquet(part)
        let index = Math.max(first, from?.offset ?? 0)
        for await (const rows of index < first + file.rows ? file.read(index - first) : []) {
          yield rows.map((row) => {
            index += 1
            return { number: index, bytes: weight(row), next: { offset: index, number: index + 1 }, row }
          })
        }
        first += file.rows
      }
    },
    value: ({ row }) => row,
    async columns() {
      const [part] = await partsOf(path)
      return part === undefined ? [] : (await openParquet(part)).columns
    },
    async count() {
      let total = 0
      for (const part of await partsOf(path)) total += (await openParquet(part)).rows
      return total
    },
    async mark() {
      const { fileMark } = await import('./file-reader.ts')
      const marks: string[] = []
      for (const part of await partsOf(path)) marks.push(await fileMark(part))
      return createHash('sha256').update(marks.join(',')).digest('hex')
    },
  }
}

/** The file itself, or the Parquet files of a directory; names that begin with a dot or underscore are no data. */
async function partsOf(path: string): Promise<readonly string[]> {
  if (!(await stat(path)).isDirectory()) return [path]
  const names = await readdir(path)
  return names
    .filter((name) => /^[^._].*\.parquet$/.test(name))
    .toSorted()
    .map((name) => join(path, name))
}

/** Parquet files as a source. */
export const parquet = { rows }
