import { finished } from 'node:stream/promises'
import { OffpeakError } from '../../domain/errors.ts'
import { cellsOf, linesIn, type CsvDialect } from './csv-cells.ts'
import type { Entry, FilePlace } from './file-records.ts'
import type { FileText } from './file-text.ts'

const maxRecordBytes = 64 * 1024 * 1024

export interface CsvRecord extends Entry {
  /** In UTF-8, and a fault of it where the file could not be decoded. */
  readonly cells: readonly Buffer[]
  /** Why the cells cannot be told apart; as the end of a sentence that begins with the record's line. */
  readonly fault?: string
}

/**
 * The records of a CSV text from the start of a record on, in blocks of about a quarter of a megabyte, with memory of
 * one block and one record. Lines that hold nothing are no records. Fails with E_SOURCE_ROW where a quote is never
 * closed, because nobody can tell which of the lines behind it belong to it.
 */
export async function* readCsv(
  file: string,
  text: FileText,
  dialect: CsvDialect,
  from: FilePlace,
): AsyncGenerator<readonly CsvRecord[], void> {
  const { CsvError, parse } = await import('csv-parse')
  const { delimiter, quote, escape, lineEnds } = dialect
  const [mark, guard] = [quote?.charCodeAt(0), escape === quote ? undefined : escape?.charCodeAt(0)]
  const window = new Window(from.offset)
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
    max_record_size: maxRecordBytes,
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
  // Failures are reported where the parser is written to; without a listener they would end the process.
  const ended = finished(parser, { readable: false })
  ended.catch(() => undefined)
  try {
    for await (const chunk of text.chunks(from.offset)) {
      window.add(chunk, offset)
      await new Promise<void>((done, fail) => {
        parser.write(chunk, (thrown) => (thrown ? fail(thrown) : done()))
      })
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
        : thrown.code === 'CSV_MAX_RECORD_SIZE'
          ? 'opens a cell that is longer than 64 MiB; a quote may not be closed'
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
