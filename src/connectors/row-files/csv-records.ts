import type { CsvError, Options } from 'csv-parse'
import { finished } from 'node:stream/promises'
import { OffpeakError } from '../../domain/errors.ts'
import { cellsOf, linesIn, type CsvDialect } from './csv-cells.ts'
import { cellCounter } from './csv-cell-counter.ts'
import type { Entry, FilePlace } from './file-records.ts'
import type { FileText } from './file-text.ts'

/** The most of one record. A cell costs about half a kilobyte as it is parsed. */
const largest = { bytes: 64 * 1024 * 1024, cells: 100_000 }

export interface CsvRecord extends Entry {
  /** In UTF-8, and a fault of it where the file could not be decoded. */
  readonly cells: readonly Buffer[]
  /** Why the cells cannot be told apart; as the end of a sentence that begins with the record's line. */
  readonly fault?: string
}

/**
 * The records of a CSV text from the start of a record on, in blocks of about a quarter of a megabyte, with memory of
 * one block and one record. Lines that hold nothing are no records. Fails with E_SOURCE_ROW where a quote is never
 * closed, because nobody can tell which of the lines behind it belong to it, and for a record that is longer than 64 MiB
 * or than a block and 100,000 cells.
 */
export async function* readCsv(
  file: string,
  text: FileText,
  dialect: CsvDialect,
  from: FilePlace,
  most: { readonly bytes: number; readonly cells: number } = largest,
): AsyncGenerator<readonly CsvRecord[], void> {
  const { CsvError, parse } = await import('csv-parse')
  const found = new Found(dialect, from)
  const parser = parse({
    ...parserOptions(dialect),
    on_record(given: readonly (Buffer | string)[], info) {
      found.take(given, info)
      return null
    },
  })
  const requireBounded = boundsOf(file, found, dialect, most)
  // Failures are reported where the parser is written to; without a listener they would end the process.
  const ended = finished(parser, { readable: false })
  ended.catch(() => undefined)
  try {
    for await (const chunk of text.chunks(from.offset)) {
      const before = found.offset
      found.window.add(chunk, before)
      await new Promise<void>((done, fail) => {
        parser.write(chunk, (thrown) => (thrown ? fail(thrown) : done()))
      })
      requireBounded(chunk, found.offset > before)
      yield* found.drain()
    }
    parser.end()
    await ended
    yield* found.drain()
  } catch (thrown) {
    throw thrown instanceof CsvError ? csvError(file, found.number, thrown) : thrown
  } finally {
    parser.destroy()
  }
}

function parserOptions({ delimiter, quote, escape, lineEnds }: CsvDialect): Options {
  return {
    delimiter,
    encoding: null,
    quote,
    escape,
    record_delimiter: lineEnds === 'cr' ? ['\r\n', '\n', '\r'] : ['\r\n', '\n'],
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
  }
}

/** Records as the parser finds them, with their places; `offset` and `number` are those of the next one. */
class Found {
  readonly window: Window
  offset: number
  number: number
  readonly #dialect: CsvDialect
  readonly #mark: number | undefined
  readonly #guard: number | undefined
  readonly #start: number
  #emptyLines = 0
  #records: CsvRecord[] = []

  constructor(dialect: CsvDialect, { offset, number }: FilePlace) {
    this.window = new Window(offset)
    this.offset = offset
    this.number = number
    const { quote, escape } = dialect
    this.#dialect = dialect
    this.#mark = quote?.charCodeAt(0)
    this.#guard = escape === quote ? undefined : escape?.charCodeAt(0)
    this.#start = offset
  }

  /** A record and the parser's counts behind it, both from the start of the reading. */
  take(
    given: readonly (Buffer | string)[],
    info: { readonly bytes: number; readonly empty_lines: number },
  ): void {
    // Without an encoding the parser gives bytes.
    const parsed = given.filter((cell) => typeof cell !== 'string')
    const number = this.number + info.empty_lines - this.#emptyLines
    const behind = this.#start + info.bytes
    const next = {
      offset: behind,
      number: number + 1 + parsed.reduce((sum, cell) => sum + linesIn(cell, this.#dialect.lineEnds), 0),
    }
    const cells = this.#isUnsure(parsed, behind)
      ? cellsOf(this.window.slice(this.offset, behind), this.#dialect)
      : parsed
    const entry = { number, bytes: behind - this.offset, next }
    this.#records.push(
      'column' in cells
        ? { ...entry, cells: [], fault: strayQuote(cells.column, number + cells.lines, number) }
        : { ...entry, cells },
    )
    this.#emptyLines = info.empty_lines
    this.offset = next.offset
    this.number = next.number
  }

  /** The records since the last call in one block; no block where there are none. */
  *drain(): Generator<readonly CsvRecord[], void> {
    const records = this.#records
    this.#records = []
    if (records.length > 0) yield records
  }

  /** The parser keeps the quote of a cell that has more behind it, and drops an escape before anything. */
  #isUnsure(parsed: readonly Buffer[], behind: number): boolean {
    const [mark, guard] = [this.#mark, this.#guard]
    if (mark === undefined) return false
    if (guard !== undefined && this.window.slice(this.offset, behind).includes(guard)) return true
    return parsed.some((cell) => cell[0] === mark)
  }
}

/** The guard of one record, after each chunk: the parser bounds a cell, but neither the bytes nor the cells of a record. */
function boundsOf(
  file: string,
  found: Found,
  dialect: CsvDialect,
  most: { readonly bytes: number; readonly cells: number },
): (chunk: Buffer, isNewRecord: boolean) => void {
  const ahead = cellCounter(dialect)
  const tooLong = (what: string): OffpeakError =>
    new OffpeakError('E_SOURCE_ROW', `The record at line ${found.number} of ${file} ${what}`, {
      where: `${file}:${found.number}`,
      fix: `No request can hold that much. Name what stands between the cells as delimiter, and close every quote. ${otherDialects}`,
    })
  return (chunk, isNewRecord) => {
    const { window, offset } = found
    if (isNewRecord) ahead.restart()
    if (ahead.count(isNewRecord ? window.slice(offset, window.end) : chunk) > most.cells)
      throw tooLong(`has more than ${most.cells.toLocaleString('en-US')} cells`)
    if (window.end - offset > most.bytes) throw tooLong(`is longer than ${most.bytes / 1024 / 1024} MiB`)
  }
}

function csvError(file: string, number: number, thrown: CsvError): OffpeakError {
  const reason =
    thrown.code === 'CSV_QUOTE_NOT_CLOSED'
      ? 'opens a quote that is never closed'
      : `is not CSV: ${thrown.message}`
  return new OffpeakError('E_SOURCE_ROW', `The record at line ${number} of ${file} ${reason}`, {
    where: `${file}:${number}`,
    fix: `Close the quote, or double the quotes that belong to the text. ${otherDialects}`,
    cause: thrown,
  })
}

const otherDialects =
  "A file that writes \\\" in a text needs escape: '\\\\', one that quotes nothing quote: false."

/** The most that matters goes first: screens cut it. */
function strayQuote(column: number, end: number, start: number): string {
  const what =
    end === start
      ? `has a stray quote in column ${column}: there is more behind the closing one.`
      : `has a stray quote in column ${column} that takes in lines ${start} to ${end}, and there is more behind the closing one.`
  return `${what} ${otherDialects}`
}

/** The bytes that belong to the record at hand: the parser tells where it began and ended, not what it was. */
class Window {
  #chunks: { readonly start: number; readonly bytes: Buffer }[] = []
  #end: number

  get end(): number {
    return this.#end
  }

  constructor(start: number) {
    this.#end = start
  }

  /** Forgets what lies before `needed`. */
  add(bytes: Buffer, needed: number): void {
    this.#chunks = this.#chunks.filter((chunk) => chunk.start + chunk.bytes.length > needed)
    this.#chunks.push({ start: this.#end, bytes })
    this.#end += bytes.length
  }

  slice(from: number, to: number): Buffer {
    const [only, ...more] = this.#chunks
      .filter(({ start, bytes }) => start < to && start + bytes.length > from)
      .map(({ start, bytes }) => bytes.subarray(Math.max(0, from - start), to - start))
    return only && more.length === 0 ? only : Buffer.concat(only ? [only, ...more] : [])
  }
}
