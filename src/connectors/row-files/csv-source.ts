import { checkOptions } from '../../planning/known-options.ts'
import { OffpeakError } from '../../domain/errors.ts'
import type { StandardSchema } from '../../domain/standard-schema.ts'
import type { Source } from '../../ports/source.ts'
import { lineEndsOf, type CsvDialect } from './csv-cells.ts'
import { readCsv, type CsvRecord } from './csv-records.ts'
import type { FileFormat, FilePlace } from './file-records.ts'
import { openText, type FileText, type TextEncoding } from './file-text.ts'
import { anyRow } from '../record.ts'
import { firstRepeated } from '../../planning/text/near-names.ts'
import { fileRows } from './file-rows.ts'

/** Options of a source of CSV rows. */
export interface CsvRowsOptions {
  /** Relative to the project's directory, also packed with gzip or zstd. Its first record names the columns. */
  readonly file: string
  /** The columns that identify a row; unique together. */
  readonly key: string | readonly string[]
  /** What stands between two cells; when left out, what a first line of `sep=;` names, else `,`. */
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
  checkOptions('csv.rows', options, {
    file: 'needed',
    key: 'checked',
    row: 'optional',
    delimiter: 'optional',
    encoding: 'optional',
    quote: 'optional',
    escape: 'optional',
  })
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
  let delimiter = ','
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

  const readHeader = async (): Promise<Header> => {
    const text = await openText(file, options.encoding)
    encoding = text.encoding
    const named = await namedDelimiter(text)
    const dialect = await dialectOf(text, options, named?.delimiter)
    delimiter = dialect.delimiter
    const start = { offset: text.start + (named?.bytes ?? 0), number: named === null ? 1 : 2 }
    for await (const [first] of readCsv(file, text, dialect, start)) {
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
    columnsFix: (names) => otherDelimiter(names, delimiter, [options.key].flat()),
    async notes() {
      const { names, text, dialect, next } = await readHeader()
      if (names.length > 1) return []
      const first: CsvRecord[] = []
      for await (const records of readCsv(file, text, dialect, next)) {
        first.push(...records)
        if (first.length > 20) break
      }
      return delimiterNotes(file, first, dialect)
    },
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

/** The separator that a first line of `sep=;` names, as Excel reads and some programs write it, and its bytes. */
async function namedDelimiter(
  text: FileText,
): Promise<{ readonly delimiter: string; readonly bytes: number } | null> {
  for await (const chunk of text.chunks(text.start)) {
    const [line, delimiter] = /^sep=([\x20-\x7e\t])(?:\r\n?|\n)/i.exec(chunk.toString('latin1', 0, 8)) ?? []
    return line === undefined || delimiter === undefined ? null : { delimiter, bytes: line.length }
  }
  return null
}

/** E_USAGE for what no file can be told apart by. */
async function dialectOf(
  text: FileText,
  options: CsvRowsOptions,
  named: string | undefined,
): Promise<CsvDialect> {
  const delimiter = options.delimiter ?? named ?? ','
  const quote = options.quote === false ? null : (options.quote ?? '"')
  const escape = quote === null ? null : (options.escape ?? quote)
  for (const [name, value] of Object.entries({ quote, escape }))
    if (value !== null && !/^[\x20-\x7e]$/.test(value))
      throw new OffpeakError(
        'E_USAGE',
        `csv.rows: ${name} is one character of ASCII, not ${JSON.stringify(value)}`,
      )
  if (delimiter === '' || /[\r\n]/.test(delimiter) || (quote !== null && delimiter.includes(quote)))
    throw new OffpeakError(
      'E_USAGE',
      `csv.rows: delimiter is what stands between two cells, not ${JSON.stringify(delimiter)}`,
      { fix: "Leave it out for a comma, or name another: delimiter: ';'." },
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

const delimiters = [';', '\t', '|', ','] as const

/** Another separator by which the header has the key, or of which its only name is full; null: there is none. */
function otherDelimiter(names: readonly string[], delimiter: string, key: readonly string[]): string | null {
  const header = names.join(delimiter)
  const hasKey = (by: string): boolean => {
    const found = header.split(by).map((name) => name.trim().replace(/^"(.*)"$/, '$1'))
    return key.every((name) => found.includes(name))
  }
  const others = delimiters.filter((one) => one !== delimiter && header.includes(one))
  const other = others.find(hasKey) ?? (names.length === 1 ? others[0] : undefined)
  return other === undefined ? null : `${sayDelimiter(other)} The header is: ${header}`
}

function sayDelimiter(other: string): string {
  return `If ${JSON.stringify(other)} stands between the cells, say so: delimiter: ${JSON.stringify(other)}.`
}

/** Of a file with one column: whether each of its first records holds what separates cells elsewhere. */
function delimiterNotes(
  file: string,
  records: readonly CsvRecord[],
  { delimiter }: CsvDialect,
): readonly string[] {
  const texts = records.map(({ cells }) => cells[0]?.toString('utf8') ?? '')
  const other = delimiters.find(
    (one) => one !== delimiter && texts.length > 1 && texts.every((text) => text.includes(one)),
  )
  if (other === undefined) return []
  return [
    `${file} has one column, and each of its first records holds ${JSON.stringify(other)}. ${sayDelimiter(other)}`,
  ]
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
