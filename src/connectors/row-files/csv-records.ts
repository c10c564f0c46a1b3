import { open, type FileHandle } from 'node:fs/promises'
import { finished } from 'node:stream/promises'
import { OffpeakError } from '../../domain/errors.ts'
import type { Entry, FilePlace } from './file-reader.ts'

const chunkBytes = 256 * 1024
const maxRecordBytes = 64 * 1024 * 1024

export type CsvEncoding = 'utf-8' | 'utf-16le' | 'windows-1252'

/** How the cells of a file are told apart; the encoding as a byte order mark or the user named it. */
export interface CsvDialect {
  readonly delimiter: string
  readonly encoding: CsvEncoding
}

/** A cell: bytes to be decoded, or text where the parser had to decode. */
type Cell = Buffer | string

export interface CsvRecord extends Entry {
  readonly cells: readonly Cell[]
}

/** A byte order mark at the start of the file says its encoding, and is no part of the first cell. */
export async function detectMark(
  file: string,
): Promise<{ readonly encoding: CsvEncoding; readonly bytes: number } | null> {
  const handle = await open(file, 'r')
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(3), 0, 3, 0)
    const hex = buffer.toString('hex', 0, bytesRead)
    if (hex === 'efbbbf') return { encoding: 'utf-8', bytes: 3 }
    return hex.startsWith('fffe') ? { encoding: 'utf-16le', bytes: 2 } : null
  } finally {
    await handle.close()
  }
}

/**
 * The records of a CSV file from the start of a record on, in blocks of about a quarter of a megabyte, with memory of
 * one block and one record. Lines that hold nothing are no records. Fails with E_SOURCE_ROW where a quote is never closed, because
 * nobody can tell which of the lines behind it belong to it.
 */
export async function* readCsv(
  file: string,
  { delimiter, encoding }: CsvDialect,
  from: FilePlace,
): AsyncGenerator<readonly CsvRecord[], void> {
  const { CsvError, parse } = await import('csv-parse')
  const wide = encoding === 'utf-16le'
  let found: CsvRecord[] = []
  let { offset, number } = from
  let empty = 0
  const parser = parse({
    delimiter,
    encoding: wide ? 'utf16le' : null,
    record_delimiter: ['\r\n', '\n'],
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: maxRecordBytes,
    on_record(cells: readonly Cell[], info) {
      number += info.empty_lines - empty
      empty = info.empty_lines
      const behind = from.offset + info.bytes
      const next = {
        offset: behind,
        number: number + 1 + cells.reduce((sum, cell) => sum + newlines(cell), 0),
      }
      found.push({ cells, number, bytes: behind - offset, next })
      ;({ offset, number } = next)
      return null
    },
  })
  // Failures are reported where the parser is written to; without a listener they would end the process.
  const ended = finished(parser, { readable: false })
  ended.catch(() => undefined)
  const handle = await open(file, 'r')
  try {
    for await (const chunk of chunks(handle, from.offset)) {
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
      fix: 'Close the quote, or double the quotes that belong to the text.',
      cause: thrown,
    })
  } finally {
    parser.destroy()
    await handle.close()
  }
}

/** The parser keeps pieces of what it was given, so that each chunk has memory of its own. */
async function* chunks(handle: FileHandle, from: number): AsyncGenerator<Buffer, void> {
  for (let position = from; ;) {
    const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(chunkBytes), 0, chunkBytes, position)
    if (bytesRead === 0) return
    position += bytesRead
    yield buffer.subarray(0, bytesRead)
  }
}

function newlines(cell: Cell): number {
  let count = 0
  for (let at = cell.indexOf('\n'); at >= 0; at = cell.indexOf('\n', at + 1)) count += 1
  return count
}
