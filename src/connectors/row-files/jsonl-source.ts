import { messageOf } from '../../domain/errors.ts'
import type { StandardSchema } from '../../domain/standard-schema.ts'
import type { Line } from '../../planning/split-lines.ts'
import type { Source } from '../../ports/source.ts'
import type { Entry, FileFormat } from './file-reader.ts'
import { isBlank, lineText, readLines } from './lines.ts'
import { anyRow, isObject } from '../record.ts'
import { fileRows } from './file-rows.ts'
import { numberAsWritten, withExactNumbers } from '../../planning/exact-numbers.ts'
import { parseJson } from '../../planning/parse-json.ts'

interface RowsOptions {
  /** Relative to the project's directory. */
  readonly file: string
  /** The fields that identify a line; unique together. */
  readonly key: string | readonly string[]
}

/** Lines of a JSON Lines file, with the types of the row schema. A line that cannot be used becomes a problem record. */
function rows<Row>(options: RowsOptions & { readonly row: StandardSchema<unknown, Row> }): Source<Row>
function rows(options: RowsOptions): Source<Record<string, unknown>>
function rows<Row>(
  options: RowsOptions & { readonly row?: StandardSchema<unknown, Row> },
): Source<Row> | Source<Record<string, unknown>> {
  return options.row ? source(options, options.row) : source(options, anyRow)
}

function source<Row>(options: RowsOptions, row: StandardSchema<unknown, Row>): Source<Row> {
  return fileRows({ kind: 'jsonl', file: options.file, key: options.key, row, format: jsonLines })
}

interface LineEntry extends Entry {
  readonly line: Line
}

/** Lines that hold nothing but blanks are no records. */
function jsonLines(file: string): FileFormat<LineEntry> {
  // Names of the key as JSON, and the line that `value` has read last.
  const names = new Map<string, string>()
  let read: { readonly text: string; readonly value: Record<string, unknown> } = { text: '', value: {} }
  return {
    unit: 'line',
    async *entries(from) {
      for await (const lines of readLines(file, from ?? {})) {
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
      if (text === null) return 'is not valid UTF-8'
      try {
        const value: unknown = parseJson(text)
        if (!isObject(value)) return 'is not a JSON object'
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

/** JSON Lines files as a source. */
export const jsonl = { rows }
