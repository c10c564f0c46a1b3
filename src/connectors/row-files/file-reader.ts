import { OffpeakError } from '../../domain/errors.ts'
import type { StandardSchema } from '../../domain/standard-schema.ts'
import type { ReadOptions, SourcePage, SourceReader, SourceRecord } from '../../ports/source.ts'
import { didYouMean } from '../tables/near-names.ts'
import { stepsChanged } from '../pipeline/cursor.ts'
import { keyOf } from '../../domain/record-key.ts'
import { fileChanged, fileError, fileState } from './file-state.ts'
import { checkedRecord, keyText, noKeyPart } from '../record.ts'
import { SeenKeys } from '../seen-keys.ts'
import { ownValue } from '../../domain/own-value.ts'
import { seededRandom } from '../pipeline/reservoir.ts'

const pageBytes = 1_500_000

/** Where an entry begins: a byte (or row) of the file, and its number for people. */
export interface FilePlace {
  readonly offset: number
  readonly number: number
}

/** One record of a file, not yet read as a row. */
export interface Entry {
  /** The line or row where it begins, from 1. */
  readonly number: number
  /** What it weighs in a page. */
  readonly bytes: number
  /** Where reading goes on behind it. */
  readonly next: FilePlace
}

/** How the records of a kind of file are found and read. */
export interface FileFormat<E extends Entry> {
  readonly unit: 'line' | 'row'
  /** The entries from a place on, in blocks; a block is used before the next one is asked for. Null: from the first. */
  entries(from: FilePlace | null): AsyncIterable<readonly E[]>
  /** The entry's row, or what is wrong with it, as the end of a sentence that begins with its place. */
  value(entry: E): Record<string, unknown> | string
  /** How the file writes a field of a row that `value` has just given, where that is not what its value tells. */
  readonly keyPart?: (entry: E, name: string) => string | null
  /** The columns that every row has, when the file says so. */
  readonly columns?: () => Promise<readonly string[]>
  /** What may be wrong where the columns are not those that are looked for; null: nothing that can be seen. */
  readonly columnsFix?: (columns: readonly string[]) => string | null
  /** How many entries there are, when the file says so. */
  readonly count?: () => Promise<number>
  /** What a person should know of what is read, and of what is not; each a sentence. */
  readonly notes?: () => Promise<readonly string[]>
  /**
   * What changes with what is read, of a format that looks for changes itself while it gives entries; size and time of
   * the last change of the file when left out.
   */
  readonly mark?: () => Promise<string>
}

interface ReaderOptions<Row> {
  readonly file: string
  readonly key: readonly string[]
  readonly row: StandardSchema<unknown, Row>
  readonly limit: number | null
}

/** Where reading goes on, and how many records came before. */
interface Position {
  readonly place: FilePlace | null
  readonly taken: number
}

interface Reading {
  /** A cursor into the file holds only as long as this stays. */
  readonly mark: string
  /** E_SOURCE_CHANGED where what is read is no longer as it was when the reading began. */
  readonly check: () => Promise<void>
  /** The same for one page. */
  readonly checkPage: () => Promise<void>
}

const start: Position = { place: null, taken: 0 }

/** Reads the records of a file in its own order; see `SourceReader` for the contract. */
export function fileReader<Row, E extends Entry>(
  format: FileFormat<E>,
  { file, key, row, limit }: ReaderOptions<Row>,
): SourceReader<Row> {
  const { unit } = format
  const asFileError = async <T>(act: () => Promise<T>): Promise<T> => {
    try {
      return await act()
    } catch (cause) {
      throw cause instanceof OffpeakError ? cause : fileError(file, cause)
    }
  }
  /** What is read, as it is when a reading begins. */
  const begin = async (): Promise<Reading> => {
    const { mark: ownMark } = format
    const now = (): Promise<string> =>
      asFileError(ownMark ?? (async (): Promise<string> => (await fileState(file)).text))
    const { mark, text } = ownMark
      ? await now().then((found) => ({ mark: found, text: found }))
      : await asFileError(() => fileState(file))
    const check = async (): Promise<void> => {
      if ((await now()) !== text) throw fileChanged(file, 'while it was read')
    }
    return { mark, check, checkPage: ownMark ? async (): Promise<void> => undefined : check }
  }
  const blocks = async function* (
    from: FilePlace | null,
    reading: Reading,
  ): AsyncGenerator<readonly E[], void> {
    try {
      yield* format.entries(from)
    } catch (cause) {
      // What looks damaged may be two versions of one file.
      await reading.check()
      throw cause instanceof OffpeakError ? cause : fileError(file, cause)
    }
  }
  /** The key of an entry by what `value` has just given of it; or the field that cannot be a part of one. */
  const keyIn = (
    entry: E,
    value: Record<string, unknown>,
  ): { readonly key: string; readonly missing: string | null } => {
    const parts: string[] = []
    for (const name of key) {
      const part = Object.hasOwn(value, name) ? (format.keyPart?.(entry, name) ?? keyText(value[name])) : null
      if (part === null) return { key: '', missing: name }
      parts.push(part)
    }
    return { key: keyOf(parts), missing: null }
  }
  const record = async (entry: E): Promise<SourceRecord<Row>> => {
    const place = `${unit === 'line' ? 'Line' : 'Row'} ${entry.number}`
    const problem = (reason: string): SourceRecord<Row> => ({
      key: `(${unit} ${entry.number})`,
      problem: `${place} ${reason}`,
    })
    const value = format.value(entry)
    if (typeof value === 'string') return problem(value)
    const { key: found, missing } = keyIn(entry, value)
    if (missing !== null) return problem(`has no usable key: ${noKeyPart(missing, ownValue(value, missing))}`)
    const checked = await checkedRecord(found, value, row)
    return checked.problem === undefined
      ? checked
      : { key: checked.key, problem: `${place}: ${checked.problem}` }
  }

  async function* read({ after, limit: most, only }: ReadOptions): AsyncGenerator<SourcePage<Row>, void> {
    const reading = await begin()
    const { mark } = reading
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
    for await (const entries of left > 0 ? blocks(position.place, reading) : []) {
      for (const entry of entries) {
        if (left <= 0) break
        const one = await record(entry)
        position = { place: entry.next, taken: position.taken + 1 }
        if (wanted && !wanted.has(one.key)) continue
        records.push(one)
        cursors.push(position)
        bytes += entry.bytes
        left -= 1
      }
      if (bytes >= pageBytes) {
        await reading.checkPage()
        yield page()
      }
      if (left <= 0) break
    }
    // Also where nothing is left to be given: an end that came too soon is a change.
    await reading.check()
    if (records.length > 0) yield page()
  }
  // A sample asks again for the count, which may take a reading of the whole file.
  let counted: { readonly mark: string; readonly total: number } | null = null
  const count = async (): Promise<number> => {
    const reading = await begin()
    if (counted?.mark !== reading.mark) {
      let total = 0
      if (format.count) total = await asFileError(format.count)
      else for await (const entries of blocks(null, reading)) total += entries.length
      await reading.check()
      counted = { mark: reading.mark, total }
    }
    return limit === null ? counted.total : Math.min(counted.total, limit)
  }

  return {
    async check() {
      await begin()
      const columns = format.columns ? await asFileError(format.columns) : null
      const unknown = columns === null ? undefined : key.find((name) => !columns.includes(name))
      if (columns !== null && unknown !== undefined) {
        throw new OffpeakError(
          'E_SOURCE_KEY',
          `The file has no column "${unknown}", which the key names.${didYouMean(unknown, columns)}`,
          {
            where: file,
            fix: format.columnsFix?.(columns) ?? `Choose another key. The file has: ${columns.join(', ')}`,
          },
        )
      }
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
        `None of the first ${problems.length} ${unit}s can be used. ${problem}`,
        {
          where: file,
          fix: isKey
            ? `Name the field that identifies a ${unit} as \`key\`.`
            : 'Fix the row schema, or the file.',
        },
      )
    },
    count,
    async sample(size) {
      const reading = await begin()
      const total = await count()
      const stride = Math.max(1, Math.floor(total / Math.max(1, size)))
      const found: SourceRecord<Row>[] = []
      // One of each stretch, not always its first: records may repeat in step with it.
      const random = seededRandom()
      const place = (): number => (found.length + random()) * stride
      let [seen, next] = [0, Math.floor(place())]
      for await (const entries of total > 0 ? blocks(null, reading) : []) {
        for (const entry of entries) {
          if (seen >= total) break
          if (seen === next) {
            found.push(await record(entry))
            next = Math.floor(place())
          }
          seen += 1
        }
        if (seen >= total) break
      }
      await reading.check()
      return found
    },
    async repeatedKeys() {
      const keys = new SeenKeys()
      const reading = await begin()
      let left = limit ?? Infinity
      for await (const entries of left > 0 ? blocks(null, reading) : [])
        for (const entry of entries) {
          if (left-- <= 0) return keys.result
          const value = format.value(entry)
          if (typeof value === 'string') continue
          const { key: found, missing } = keyIn(entry, value)
          if (missing === null && !keys.add(found)) return keys.result
        }
      return keys.result
    },
    read,
    reread: null,
    files: () => [file],
    ...(format.notes ? { notes: () => asFileError(format.notes ?? (async () => [])) } : {}),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}

function cursorText({ place, taken }: Position, mark: string): string {
  return [place?.offset ?? 0, place?.number ?? 1, taken, mark].join(' ')
}

function parseCursor(text: string, mark: string, file: string): Position {
  if (text.includes('\n')) throw stepsChanged()
  const [offset, number, taken, then] = text.split(' ')
  if (then !== mark) throw fileChanged(file, 'since the run began to read it')
  return { place: { offset: Number(offset), number: Number(number) }, taken: Number(taken) }
}
