import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { OffpeakError, messageOf } from '../domain/errors.ts'
import type { StandardSchema } from '../domain/standard-schema.ts'
import type { Line } from '../planning/split-lines.ts'
import type {
  ReadOptions,
  Source,
  SourceDefinition,
  SourcePage,
  SourceReader,
  SourceRecord,
} from '../ports/source.ts'
import { isBlank, lineText, readLines } from './lines.ts'
import { stepsChanged } from './pipeline-cursor.ts'
import { chain } from './pipeline.ts'
import { steadyChance } from './reservoir.ts'
import { keySeparator } from '../domain/record-key.ts'
import { anyRow, checkedRecord, isObject, keyText } from './record.ts'

const pageBytes = 1_500_000

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
  return options.row ? chain(source(options, options.row, null)) : chain(source(options, anyRow, null))
}

function source<Row>(
  options: RowsOptions,
  row: StandardSchema<unknown, Row>,
  limit: number | null,
): SourceDefinition<Row> {
  const key = typeof options.key === 'string' ? [options.key] : [...options.key]
  if (key.length === 0) throw new OffpeakError('E_SOURCE_KEY', 'jsonl.rows needs at least one key field')
  return {
    kind: 'jsonl',
    describe: options.file,
    key,
    open: ({ baseDir }) =>
      Promise.resolve(jsonlReader({ file: resolve(baseDir, options.file), key, row, limit })),
    limit: (count) => source(options, row, limit === null ? count : Math.min(limit, count)),
  }
}

interface ReaderOptions<Row> {
  readonly file: string
  readonly key: readonly string[]
  readonly row: StandardSchema<unknown, Row>
  readonly limit: number | null
}

/** Where reading goes on: the byte and number of the next line, how many records came before, and the file's mark. */
interface Position {
  readonly offset: number
  readonly number: number
  readonly taken: number
}

const start: Position = { offset: 0, number: 1, taken: 0 }

function jsonlReader<Row>({ file, key, row, limit }: ReaderOptions<Row>): SourceReader<Row> {
  /** Size and time of the last change: a cursor into the file holds only as long as both stay. */
  const readMark = async (): Promise<string> => {
    try {
      const { size, mtimeNs } = await stat(file, { bigint: true })
      return `${size}:${mtimeNs}`
    } catch (cause) {
      throw fileError(file, cause)
    }
  }
  const blocks = async function* (from: Position): AsyncGenerator<readonly Line[], void> {
    try {
      yield* readLines(file, from)
    } catch (cause) {
      throw cause instanceof OffpeakError ? cause : fileError(file, cause)
    }
  }
  const record = async (line: Line): Promise<SourceRecord<Row>> => {
    const problem = (reason: string): SourceRecord<Row> => ({
      key: `line#${line.number}`,
      problem: `Line ${line.number} ${reason}`,
    })
    if (line.tooLong) return problem(`is longer than 64 MiB (${line.length} bytes)`)
    const text = lineText(line)
    if (text === null) return problem('is not valid UTF-8')
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch (thrown) {
      return problem(`is not JSON: ${messageOf(thrown)}`)
    }
    if (!isObject(value)) return problem('is not a JSON object')
    const parts = key.map((name) => (Object.hasOwn(value, name) ? keyText(value[name]) : null))
    const missing = key.find((_, index) => parts[index] === null)
    if (missing !== undefined) return problem(`has no usable key: "${missing}" must be a text or a number`)
    const found = await checkedRecord(parts.join(keySeparator), value, row)
    return found.problem === undefined
      ? found
      : { key: found.key, problem: `Line ${line.number}: ${found.problem}` }
  }

  async function* read({ after, limit: most, only }: ReadOptions): AsyncGenerator<SourcePage<Row>, void> {
    const mark = await readMark()
    let position = after === null ? start : parseCursor(after, mark, file)
    const wanted = only === null ? null : new Set(only)
    // Keys that are asked for by name are found wherever they are.
    let left = Math.min(most ?? Infinity, limit === null || wanted ? Infinity : limit - position.taken)
    let records: SourceRecord<Row>[] = []
    let cursors: Position[] = []
    let bytes = 0
    const page = (): SourcePage<Row> => {
      const [found, positions] = [records, cursors]
      ;[records, cursors, bytes] = [[], [], 0]
      return { records: found, mark, cursorAt: (index) => cursorText(positions[index] ?? start, mark) }
    }
    for await (const lines of left > 0 ? blocks(position) : []) {
      for (const line of lines) {
        if (left <= 0) break
        if (!line.tooLong && isBlank(line.bytes)) continue
        const one = await record(line)
        position = {
          offset: line.offset + line.length + 1,
          number: line.number + 1,
          taken: position.taken + 1,
        }
        if (wanted && !wanted.has(one.key)) continue
        records.push(one)
        cursors.push(position)
        bytes += line.length
        left -= 1
      }
      if (bytes >= pageBytes) yield page()
      if (left <= 0) break
    }
    if (records.length > 0) yield page()
  }
  const count = async (): Promise<number> => {
    let total = 0
    await readMark()
    for await (const lines of blocks(start)) {
      for (const line of lines) if (line.tooLong || !isBlank(line.bytes)) total += 1
    }
    return limit === null ? total : Math.min(total, limit)
  }

  return {
    async check() {
      const problems: string[] = []
      for await (const page of read({ after: null, limit: 20, order: 'given', only: null })) {
        for (const one of page.records) {
          if (one.problem === undefined) return
          problems.push(one.problem)
        }
      }
      const [problem] = problems
      if (problem === undefined) return
      const isKey = problem.includes('has no usable key')
      throw new OffpeakError(
        isKey ? 'E_SOURCE_KEY' : 'E_SOURCE_ROW',
        `None of the first ${problems.length} lines can be used. ${problem}`,
        {
          where: file,
          fix: isKey
            ? 'Name the field that identifies a line as `key`.'
            : 'Mend the row schema, or the file.',
        },
      )
    },
    count,
    async sample(size) {
      const total = await count()
      const stride = Math.max(1, Math.floor(total / Math.max(1, size)))
      const found: SourceRecord<Row>[] = []
      // One of each stretch, not always its first: lines may repeat in step with it.
      const chance = steadyChance()
      const place = (): number => (found.length + chance()) * stride
      let [seen, next] = [0, Math.floor(place())]
      for await (const lines of total > 0 ? blocks(start) : []) {
        for (const line of lines) {
          if ((!line.tooLong && isBlank(line.bytes)) || seen >= total) continue
          if (seen === next) {
            found.push(await record(line))
            next = Math.floor(place())
          }
          seen += 1
        }
        if (seen >= total) break
      }
      return found
    },
    read,
    reread: null,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}

function cursorText({ offset, number, taken }: Position, mark: string): string {
  return [offset, number, taken, mark].join(' ')
}

function parseCursor(text: string, mark: string, file: string): Position {
  if (text.includes('\n')) throw stepsChanged()
  const [offset, number, taken, then] = text.split(' ')
  if (then !== mark) {
    throw new OffpeakError('E_SOURCE_CHANGED', `${file} has changed since the run began to read it`, {
      where: file,
      fix: 'Put the file back as it was, or start a new run: what is merged already is not paid again.',
    })
  }
  return { offset: Number(offset), number: Number(number), taken: Number(taken) }
}

function fileError(file: string, cause: unknown): OffpeakError {
  const code: unknown = cause instanceof Error ? Reflect.get(cause, 'code') : undefined
  const reason =
    code === 'ENOENT'
      ? 'does not exist'
      : code === 'EISDIR'
        ? 'is a directory'
        : `cannot be read: ${messageOf(cause)}`
  return new OffpeakError('E_SOURCE_FILE', `The file ${file} ${reason}`, {
    where: file,
    fix: 'Correct the path in the job, or put the file there.',
    cause,
  })
}

/** JSON Lines files as a source. */
export const jsonl = { rows }
