import { checkOptions } from '../../planning/known-options.ts'
import { messageOf, OffpeakError } from '../../domain/errors.ts'
import type { StandardSchema } from '../../domain/standard-schema.ts'
import type { Line } from '../../planning/text/split-lines.ts'
import type { Source } from '../../ports/source.ts'
import type { Entry, FileFormat } from './file-records.ts'
import { openText, type FileText, type TextEncoding } from './file-text.ts'
import { isBlank, lineText, readLines } from './lines.ts'
import { anyRow, isObject } from '../record.ts'
import { fileRows } from './file-rows.ts'
import { numberAsWritten, withExactNumbers } from '../../planning/text/exact-numbers.ts'
import { parseJson } from '../../planning/text/parse-json.ts'
import { repeatedName } from '../../planning/answers/repeated-names.ts'

/** Options of a source of JSON lines. */
export interface JsonlRowsOptions {
  /** Relative to the project's directory; read as it is packed (gzip, zstd) and encoded (UTF-8, UTF-16). */
  readonly file: string
  /** The fields that identify a line; unique together. */
  readonly key: string | readonly string[]
  /** `utf-8` when left out; a byte order mark of the file goes first. */
  readonly encoding?: TextEncoding
}

/**
 * Lines of a JSON Lines file, with the types of the row schema. A line that cannot be used becomes a problem record.
 *
 * Reading throws E_SOURCE_FILE, and E_SOURCE_ROW for one JSON value over several lines.
 */
function rows<Row>(options: JsonlRowsOptions & { readonly row: StandardSchema<unknown, Row> }): Source<Row>
function rows(options: JsonlRowsOptions): Source<Record<string, unknown>>
function rows<Row>(
  options: JsonlRowsOptions & { readonly row?: StandardSchema<unknown, Row> },
): Source<Row> | Source<Record<string, unknown>> {
  checkOptions('jsonl.rows', options, {
    file: 'needed',
    key: 'checked',
    row: 'optional',
    encoding: 'optional',
  })
  return options.row ? source(options, options.row) : source(options, anyRow)
}

function source<Row>(options: JsonlRowsOptions, row: StandardSchema<unknown, Row>): Source<Row> {
  return fileRows({
    kind: 'jsonl',
    file: options.file,
    key: options.key,
    row,
    format: (path) => jsonLines(path, options.encoding),
  })
}

interface LineEntry extends Entry {
  readonly line: Line
}

/** Lines that hold nothing but blanks are no records. */
function jsonLines(file: string, named?: TextEncoding): FileFormat<LineEntry> {
  let encoding = named
  // Names of the key as JSON, and the line that `value` has read last.
  const names = new Map<string, string>()
  let read: { readonly text: string; readonly value: Record<string, unknown> } = { text: '', value: {} }
  return {
    unit: 'line',
    async *entries(from) {
      const text = await openText(file, named)
      encoding = text.encoding
      if (from === null) await refuseWholeJson(file, text)
      const start = from ?? { offset: text.start, number: 1 }
      const chunks = text.chunks(start.offset)
      for await (const lines of readLines((await endsInCr(text)) ? crAsLf(chunks) : chunks, start)) {
        yield lines
          .filter((line) => line.tooLong || !isBlank(line.bytes))
          .map((line) => ({
            number: line.number,
            bytes: line.length,
            next: { offset: line.offset + line.length + 1, number: line.number + 1 },
            line,
          }))
      }
    },
    value({ line }) {
      if (line.tooLong) return `is longer than 64 MiB (${line.length} bytes)`
      const text = lineText(line)
      if (text === null) return `is not valid ${encoding?.toUpperCase() ?? 'UTF-8'}`
      try {
        const value: unknown = parseJson(text)
        if (Array.isArray(value))
          return 'is not a JSON object but an array: jq -c .[] makes a line of each item'
        if (!isObject(value)) return 'is not a JSON object'
        const repeated = repeatedName(text, value)
        if (repeated !== null) return `has the field ${repeated} twice`
        const exact = withExactNumbers(value, text)
        read = { text, value: isObject(exact) ? exact : value }
        return read.value
      } catch (thrown) {
        return `is not JSON: ${messageOf(thrown)}`
      }
    },
    keyPart(_, name) {
      const number = read.value[name]
      if (typeof number !== 'number') return null
      let quoted = names.get(name)
      if (quoted === undefined) names.set(name, (quoted = JSON.stringify(name)))
      return numberAsWritten(read.text, quoted, number)
    },
  }
}

/**
 * E_SOURCE_ROW for a file that is one JSON value over several lines: its lines are no values, but for some that would be
 * taken for all there are.
 */
async function refuseWholeJson(file: string, text: FileText): Promise<void> {
  for await (const chunk of text.chunks(text.start)) {
    const [first = '', second = ''] = chunk
      .toString('utf8', 0, Math.min(chunk.length, 2 * longestFirstLine))
      .split('\n', 2)
      .map((line) => line.trim())
    if (first.length > longestFirstLine || isJson(first) || (second.startsWith('{') && isJson(second))) return
    const isArray = first.startsWith('[')
    if (!isArray && !(first.startsWith('{') && /[{[,:]$/.test(first) && !isJson(first.slice(0, -1)))) return
    const what = isArray ? 'one JSON array' : 'JSON that is printed'
    throw new OffpeakError(
      'E_SOURCE_ROW',
      `${file} is ${what} over several lines, not a value on each line`,
      {
        where: `${file}:1`,
        fix: `Write each row on a line of its own: jq -c '${isArray ? '.[]' : '.'}' in.json > out.jsonl, and name the new file.`,
      },
    )
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** A program that prints a value over lines makes them short. */
const longestFirstLine = 4096

const [lf, cr, closingBrace] = [0x0a, 0x0d, 0x7d]

/** Whether the first line ends in a CR alone; inside of an object it would be a blank. */
async function endsInCr(text: FileText): Promise<boolean> {
  for await (const chunk of text.chunks(text.start)) {
    const at = chunk.indexOf(cr)
    return (
      at > 0 && chunk[at - 1] === closingBrace && chunk[at + 1] !== lf && !chunk.subarray(0, at).includes(lf)
    )
  }
  return false
}

/** A CR never stands in a JSON string, so that each may end a line. */
async function* crAsLf(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  for await (const chunk of chunks) {
    for (let at = chunk.indexOf(cr); at >= 0; at = chunk.indexOf(cr, at + 1)) chunk[at] = lf
    yield chunk
  }
}

/** JSON Lines files as a source. */
export const jsonl = { rows }
