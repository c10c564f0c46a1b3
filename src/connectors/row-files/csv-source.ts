import { OffpeakError } from '../../domain/errors.ts'
import type { StandardSchema } from '../../domain/standard-schema.ts'
import type { Source } from '../../ports/source.ts'
import { lineEndsOf, type CsvDialect } from './csv-cells.ts'
import { readCsv, type CsvRecord } from './csv-records.ts'
import type { FileFormat, FilePlace } from './file-records.ts'
import { openText, type FileText, type TextEncoding } from './file-text.ts'
import { anyRow } from '../record.ts'
import { firstRepeated } from '../tables/near-names.ts'
import { fileRows } from './file-rows.ts'

export interface CsvRowsOptions {
  /** Relative to the project's directory, also packed with gzip or zstd. Its first record names the columns. */
  readonly file: string
  /** The columns that identify a row; unique together. */
  readonly key: string | readonly string[]
  /** What stands between two cells; `,` when left out. */
  readonly delimiter?: string
  /** `utf-8` when left out; a byte order mark of the file goes first. */
  readonly encoding?: TextEncoding
  /** What a cell may stand between; `"` when left out, false where the file quotes nothing. */
  readonly quote?: string | false
  /**
   * What makes a quote inside of quotes part of the text: the quote itself, doubled, when left out. Any other character
   * (`\\`) counts before a quote and before itself.
   */
  readonly escape?: string
}

/**
 * Rows of a CSV file, with the types of the row schema. Every value is text (`z.coerce.number()` makes numbers). A row
 * that has not as many cells as the header, or cannot be decoded, becomes a problem record.
 *
 * Reading throws E_SOURCE_FILE, and E_SOURCE_ROW for a header or a quote that makes the file unreadable.
 */
function rows<Row>(options: CsvRowsOptions & { readonly row: StandardSchema<unknown, Row> }): Source<Row>
function rows(options: CsvRowsOptions): Source<Record<string, unknown>>
function rows<Row>(
  options: CsvRowsOptions & { readonly row?: StandardSchema<unknown, Row> },
): Source<Row> | Source<Record<string, unknown>> {
  return options.row ? source(options, options.row) : source(options, anyRow)
}

function source<Row>(options: CsvRowsOptions, row: StandardSchema<unknown, Row>): Source<Row> {
  return fileRows({
    kind: 'csv',
    file: options.file,
    key: options.key,
    row,
    format: (path) => csvFormat(path, options),
  })
}

interface Header {
  readonly text: FileText
  readonly dialect: CsvDialect
  readonly names: readonly string[]
  readonly next: FilePlace
}

function csvFormat(file: string, options: CsvRowsOptions): FileFormat<CsvRecord> {
  let columns: readonly string[] = []
  let encoding = 'utf-8'
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

  const readHeader = async (): Promise<Header> => {
    const text = await openText(file, options.encoding)
    encoding = text.encoding
    const dialect = await dialectOf(text, options)
    for await (const [first] of readCsv(file, text, dialect, { offset: text.start, number: 1 })) {
      if (!first) continue
      if (first.fault !== undefined) throw headerError(file, first.fault)
      return {
        text,
        dialect,
        names: columnNames(headerTexts(first.cells, text.encoding, file), file),
        next: first.next,
      }
    }
    throw new OffpeakError('E_SOURCE_ROW', `${file} is empty: not even a header names its columns`, {
      where: file,
      fix: 'Put a header row there.',
    })
  }
  return {
    unit: 'line',
    async *entries(from) {
      const { names, text, dialect, next } = await readHeader()
      columns = names
      for await (const records of readCsv(file, text, dialect, from ?? next)) yield records
    },
    columns: async () => (await readHeader()).names,
    columnsFix: (names) => otherDelimiter(names, options.delimiter ?? ','),
    value({ cells, fault }) {
      if (fault !== undefined) return fault
      if (cells.length !== columns.length) {
        return `has ${cells.length} ${cells.length === 1 ? 'cell' : 'cells'}, the header has ${columns.length}`
      }
      try {
        const texts = cells.map((cell) => decoder.decode(cell))
        if (texts.every((text, index) => text.trim() === columns[index])) return 'repeats the header'
        return Object.fromEntries(columns.map((name, index) => [name, texts[index] ?? '']))
      } catch {
        return `is not valid ${encoding.toUpperCase()}`
      }
    },
  }
}

/** E_USAGE for what no file can be told apart by. */
async function dialectOf(text: FileText, options: CsvRowsOptions): Promise<CsvDialect> {
  const { delimiter = ',' } = options
  const quote = options.quote === false ? null : (options.quote ?? '"')
  const escape = quote === null ? null : (options.escape ?? quote)
  for (const [name, value] of Object.entries({ quote, escape }))
    if (value !== null && !/^[\x20-\x7e]$/.test(value))
      throw new OffpeakError(
        'E_USAGE',
        `csv.rows: ${name} is one character of ASCII, not ${JSON.stringify(value)}`,
      )
  return { delimiter, quote, escape, lineEnds: await lineEndsOf(text.chunks(text.start), quote) }
}

/** E_SOURCE_ROW for what is in another encoding, or no text at all. */
function headerTexts(cells: readonly Buffer[], encoding: string, file: string): readonly string[] {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  let texts: readonly string[]
  try {
    texts = cells.map((cell) => decoder.decode(cell))
  } catch {
    throw headerError(file, `is not valid ${encoding.toUpperCase()}`, encodingFix)
  }
  // oxlint-disable-next-line no-control-regex
  if (!texts.some((text) => /[\u0000-\u0008\u000e-\u001a]/.test(text))) return texts
  throw headerError(file, 'holds control characters, as no text does', encodingFix)
}

const encodingFix = "Name the file's encoding: encoding: 'windows-1252'. What is no text cannot be read."

/** A header of one name that holds what separates cells elsewhere; null: it is not that. */
function otherDelimiter(names: readonly string[], delimiter: string): string | null {
  const [only, ...more] = names
  if (only === undefined || more.length > 0) return null
  const other = [';', '\t', '|', ','].find((one) => one !== delimiter && only.includes(one))
  return other === undefined
    ? null
    : `If ${JSON.stringify(other)} stands between the cells, say so: delimiter: ${JSON.stringify(other)}. The header is: ${only}`
}

/** The header's names; one that is empty is called by its place. */
function columnNames(cells: readonly string[], file: string): readonly string[] {
  const names = cells.map((cell, index) => (cell.trim() === '' ? `column_${index + 1}` : cell.trim()))
  const twice = firstRepeated(names)
  if (twice === undefined) return names
  throw headerError(file, `names the column "${twice}" twice`)
}

function headerError(file: string, what: string, fix = 'Give each column a name of its own.'): OffpeakError {
  return new OffpeakError('E_SOURCE_ROW', `The header of ${file} ${what}`, {
    where: file,
    fix,
  })
}

/** CSV files as a source. */
export const csv = { rows }
