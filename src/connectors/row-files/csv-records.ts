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
  const { delimiter, quote, escape, lineEnds } = dialect
  const [mark, guard] = [quote?.charCodeAt(0), escape === quote ? undefined : escape?.charCodeAt(0)]
  const window = new Window(from.offset)
  const cellsAhead = cellCounter(dialect)
  let found: CsvRecord[] = []
  let { offset, number } = from
  let empty = 0
  const parser = parse({
    delimiter,
    encoding: null,
    quote,
    escape,
    record_delimiter: lineEnds === 'cr' ? ['\r\n', '\n', '\r'] : ['\r\n', '\n'],
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    on_record(given: readonly (Buffer | string)[], info) {
      // Without an encoding the parser gives bytes.
      const parsed = given.filter((cell) => typeof cell !== 'string')
      number += info.empty_lines - empty
      empty = info.empty_lines
      const behind = from.offset + info.bytes
      const next = {
        offset: behind,
        number: number + 1 + parsed.reduce((sum, cell) => sum + linesIn(cell, lineEnds), 0),
      }
      // The parser keeps the quote of a cell that has more behind it, and drops an escape before anything.
      const isUnsure =
        mark !== undefined &&
        (guard === undefined
          ? parsed.some((cell) => cell[0] === mark)
          : window.slice(offset, behind).includes(guard) || parsed.some((cell) => cell[0] === mark))
      const cells = isUnsure ? cellsOf(window.slice(offset, behind), dialect) : parsed
      const entry = { number, bytes: behind - offset, next }
      found.push(
        'column' in cells
          ? { ...entry, cells: [], fault: strayQuote(cells.column, number + cells.lines, number) }
          : { ...entry, cells },
      )
      ;({ offset, number } = next)
      return null
    },
  })
  const tooLong = (what: string): OffpeakError =>
    new OffpeakError('E_SOURCE_ROW', `The record at line ${number} of ${file} ${what}`, {
      where: `${file}:${number}`,
      fix: `No request can hold that much. Name what stands between the cells as delimiter, and close every quote. ${otherDialects}`,
    })
  // Failures are reported where the parser is written to; without a listener they would end the process.
  const ended = finished(parser, { readable: false })
  ended.catch(() => undefined)
  try {
    for await (const chunk of text.chunks(from.offset)) {
      window.add(chunk, offset)
      const before = offset
      await new Promise<void>((done, fail) => {
        parser.write(chunk, (thrown) => (thrown ? fail(thrown) : done()))
      })
      // The parser bounds a cell, but neither the bytes nor the cells of a record.
      if (offset > before) cellsAhead.restart()
      const ahead = offset > before ? window.slice(offset, window.end) : chunk
      if (cellsAhead.count(ahead) > most.cells)
        throw tooLong(`has more than ${most.cells.toLocaleString('en-US')} cells`)
      if (window.end - offset > most.bytes) throw tooLong(`is longer than ${most.bytes / 1024 / 1024} MiB`)
      if (found.length > 0) yield found
      found = []
    }
    parser.end()
    await ended
    if (found.length > 0) yield found
  } catch (thrown) {
    if (!(thrown instanceof CsvError)) throw thrown
    const reason =
      thrown.code === 'CSV_QUOTE_NOT_CLOSED'
        ? 'opens a quote that is never closed'
        : `is not CSV: ${thrown.message}`
    throw new OffpeakError('E_SOURCE_ROW', `The record at line ${number} of ${file} ${reason}`, {
      where: `${file}:${number}`,
      fix: `Close the quote, or double the quotes that belong to the text. ${otherDialects}`,
      cause: thrown,
    })
  } finally {
    parser.destroy()
  }
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
