import { OffpeakError } from '../../domain/errors.ts'
import type { StandardSchema } from '../../domain/standard-schema.ts'
import type { Source } from '../../ports/source.ts'
import { detectMark, readCsv, type CsvDialect, type CsvEncoding, type CsvRecord } from './csv-records.ts'
import type { FileFormat, FilePlace } from './file-reader.ts'
import { anyRow } from '../record.ts'
import { fileRows } from './file-rows.ts'

interface RowsOptions {
  /** Relative to the project's directory. Its first record names the columns. */
  readonly file: string
  /** The columns that identify a row; unique together. */
  readonly key: string | readonly string[]
  /** What stands between two cells; `,` when left out. */
  readonly delimiter?: string
  /** `utf-8` when left out; a byte order mark of the file goes first. */
  readonly encoding?: CsvEncoding
}

/**
 * Rows of a CSV file, with the types of the row schema. Every value is text (`z.coerce.number()` makes numbers). A row
 * that has not as many cells as the header, or cannot be decoded, becomes a problem record.
 *
 * Reading throws E_SOURCE_FILE, and E_SOURCE_ROW for a header or a quote that makes the file unreadable.
 */
function rows<Row>(options: RowsOptions & { readonly row: StandardSchema<unknown, Row> }): Source<Row>
function rows(options: RowsOptions): Source<Record<string, unknown>>
function rows<Row>(
  options: RowsOptions & { readonly row?: StandardSchema<unknown, Row> },
): Source<Row> | Source<Record<string, unknown>> {
  return options.row ? source(options, options.row) : source(options, anyRow)
}

function source<Row>(options: RowsOptions, row: StandardSchema<unknown, Row>): Source<Row> {
  return fileRows({
    kind: 'csv',
    file: options.file,
    key: options.key,
    row,
    format: (path) => csvFormat(path, options),
  })
}

interface Header {
  readonly dialect: CsvDialect
  readonly names: readonly string[]
  readonly next: FilePlace
}

function csvFormat(
  file: string,
  { delimiter = ',', encoding = 'utf-8' }: RowsOptions,
): FileFormat<CsvRecord> {
  let columns: readonly string[] = []
  let decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true })
  const text = (cell: Buffer | string): string => (typeof cell === 'string' ? cell : decoder.decode(cell))

  const readHeader = async (): Promise<Header> => {
    const mark = await detectMark(file)
    const dialect = { delimiter, encoding: mark?.encoding ?? encoding }
    decoder = new TextDecoder(dialect.encoding, { fatal: true, ignoreBOM: true })
    for await (const [first] of readCsv(file, dialect, { offset: mark?.bytes ?? 0, number: 1 })) {
      if (!first) continue
      return { dialect, names: columnNames(first.cells.map(text), file), next: first.next }
    }
    throw new OffpeakError('E_SOURCE_ROW', `${file} is empty: not even a header names its columns`, {
      where: file,
      fix: 'Put a header row there.',
    })
  }
  return {
    unit: 'line',
    async *entries(from) {
      const header = await readHeader()
      columns = header.names
      for await (const records of readCsv(file, header.dialect, from ?? header.next)) yield records
    },
    columns: async () => (await readHeader()).names,
    value({ cells }) {
      if (cells.length !== columns.length) {
        return `has ${cells.length} ${cells.length === 1 ? 'cell' : 'cells'}, the header has ${columns.length}`
      }
      try {
        return Object.fromEntries(columns.map((name, index) => [name, text(cells[index] ?? '')]))
      } catch {
        return `is not valid ${decoder.encoding.toUpperCase()}`
      }
    },
  }
}

/** The header's names; one that is empty is called by its place. */
function columnNames(cells: readonly string[], file: string): readonly string[] {
  const names = cells.map((cell, index) => (cell.trim() === '' ? `column_${index + 1}` : cell.trim()))
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice === undefined) return names
  throw new OffpeakError('E_SOURCE_ROW', `The header of ${file} names the column "${twice}" twice`, {
    where: file,
    fix: 'Give each column a name of its own.',
  })
}

/** CSV files as a source. */
export const csv = { rows }
