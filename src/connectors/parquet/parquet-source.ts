import { checkOptions } from '../../planning/known-options.ts'
import { createHash } from 'node:crypto'
import { OffpeakError } from '../../domain/errors.ts'
import type { StandardSchema } from '../../domain/standard-schema.ts'
import type { Source } from '../../ports/source.ts'
import type { Entry, FileFormat } from '../row-files/file-records.ts'
import { openParquet, type ParquetFile, type ParquetRow } from './parquet-file.ts'
import { fileChanged, type FileState } from '../row-files/file-state.ts'
import { partsOf, type ParquetPart } from './parquet-parts.ts'
import { weight } from '../tables/plain-values.ts'
import { anyRow } from '../record.ts'
import { fileRows } from '../row-files/file-rows.ts'

/** Options of a source of Parquet files. */
export interface ParquetRowsOptions {
  /**
   * A Parquet file, or a directory whose files are read as one table, by path, with the columns that sub-directories
   * name (`year=2026`). Relative to the project's directory.
   */
  readonly file: string
  /** The columns that identify a row; unique together. */
  readonly key: string | readonly string[]
}

/**
 * Rows of a Parquet file, with the types of the row schema; values arrive as `openParquet` says. A row that cannot be
 * used becomes a problem record. Needs the packages hyparquet and hyparquet-compressors (E_PEER_MISSING).
 */
function rows<Row>(options: ParquetRowsOptions & { readonly row: StandardSchema<unknown, Row> }): Source<Row>
function rows(options: ParquetRowsOptions): Source<Record<string, unknown>>
function rows<Row>(
  options: ParquetRowsOptions & { readonly row?: StandardSchema<unknown, Row> },
): Source<Row> | Source<Record<string, unknown>> {
  checkOptions('parquet.rows', options, { file: 'needed', key: 'checked', row: 'optional' })
  return options.row ? source(options, options.row) : source(options, anyRow)
}

function source<Row>(options: ParquetRowsOptions, row: StandardSchema<unknown, Row>): Source<Row> {
  return fileRows({ kind: 'parquet', file: options.file, key: options.key, row, format: parquetFormat })
}

interface RowEntry extends Entry {
  readonly row: ParquetRow
}

/** What is known of a part without reading its rows. */
interface PartShape extends ParquetPart {
  readonly rows: number
  readonly columns: readonly string[]
  readonly state: FileState
}

interface TableShape {
  readonly parts: readonly PartShape[]
  readonly leftOut: readonly string[]
  /** Of all parts; a row is null where its part lacks one. */
  readonly columns: readonly string[]
}

function parquetFormat(path: string): FileFormat<RowEntry> {
  const mark = async (): Promise<string> => {
    const { fileState } = await import('../row-files/file-state.ts')
    const marks: string[] = []
    for (const part of (await partsOf(path)).parts)
      marks.push(part.path.slice(path.length), (await fileState(part.path)).mark)
    return createHash('sha256').update(marks.join('\0')).digest('hex')
  }
  let known: { readonly mark: string; readonly shape: TableShape } | null = null
  const shape = async (): Promise<TableShape> => {
    const now = await mark()
    if (known?.mark !== now) known = { mark: now, shape: await readShape(path) }
    return known.shape
  }
  return {
    unit: 'row',
    async *entries(from) {
      const { parts, columns } = await shape()
      let first = 0
      for (const part of parts) {
        let index = Math.max(first, from?.offset ?? 0)
        const isBehind = index >= first + part.rows
        const added = addedColumns(part, columns)
        for await (const rows of isBehind ? [] : await rowsOf(part, index - first)) {
          yield rows.map((own) => {
            index += 1
            const row = typeof own === 'string' || added === null ? own : { ...added, ...own }
            return { number: index, bytes: weight(row), next: { offset: index, number: index + 1 }, row }
          })
        }
        first += part.rows
      }
    },
    value: ({ row }) => row,
    async columns() {
      const { parts, leftOut, columns } = await shape()
      if (parts.length > 0) return columns
      throw new OffpeakError('E_SOURCE_FILE', `The directory ${path} has no Parquet file`, {
        where: path,
        fix:
          leftOut.length > 0
            ? `It has: ${someOf(leftOut)}. Name the right directory.`
            : 'Put the files there.',
      })
    },
    count: async () => (await shape()).parts.reduce((sum, { rows }) => sum + rows, 0),
    mark,
    async notes() {
      const { parts, leftOut, columns } = await shape()
      const uneven = parts.find((part) => columnsOfPart(part).length < columns.length)
      const lacks = uneven && columns.filter((name) => !columnsOfPart(uneven).includes(name))
      return [
        ...(leftOut.length > 0
          ? [`${path} has files that are no Parquet and are left out: ${someOf(leftOut)}`]
          : []),
        ...(lacks
          ? [
              `Files of ${path} have different columns: ${uneven.path} lacks ${someOf(lacks)}, which is null there`,
            ]
          : []),
      ]
    },
  }
}

async function readShape(path: string): Promise<TableShape> {
  const { parts: found, leftOut } = await partsOf(path)
  const parts: PartShape[] = []
  for (const part of found) {
    const { rows, columns, state } = await openParquet(part.path)
    parts.push({ ...part, rows, columns, state })
  }
  return { parts, leftOut, columns: [...new Set(parts.flatMap(columnsOfPart))] }
}

/** E_SOURCE_CHANGED where the part is another than the one that the table was put together of. */
async function rowsOf({ path, state }: PartShape, from: number): Promise<ReturnType<ParquetFile['read']>> {
  const file = await openParquet(path)
  if (file.state.text !== state.text) throw fileChanged(path, 'while it was read')
  return file.read(from)
}

function columnsOfPart({ columns, hive }: PartShape): readonly string[] {
  return [...new Set([...columns, ...Object.keys(hive)])]
}

/** What a part's rows have besides their own columns, which go first; null when nothing. */
function addedColumns({ columns, hive }: PartShape, all: readonly string[]): Record<string, unknown> | null {
  const own = new Set(columns)
  const names = all.filter((name) => !own.has(name))
  return names.length === 0 ? null : Object.fromEntries(names.map((name) => [name, hive[name] ?? null]))
}

function someOf(names: readonly string[]): string {
  const [shown, more] = [names.slice(0, 5), names.length - 5]
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

/** Parquet files as a source. */
export const parquet = { rows }
