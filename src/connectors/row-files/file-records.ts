import { OffpeakError } from '../../domain/errors.ts'
import { ownValue } from '../../domain/own-value.ts'
import { keyOf } from '../../domain/record-key.ts'
import type { StandardSchema } from '../../domain/standard-schema.ts'
import type { SourceRecord } from '../../ports/source.ts'
import { checkedRecord, keyText, noKeyPart } from '../record.ts'
import { fileChanged, fileError, fileState } from './file-state.ts'

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

export interface FileReaderOptions<Row> {
  readonly file: string
  readonly key: readonly string[]
  readonly row: StandardSchema<unknown, Row>
  readonly limit: number | null
}

export interface FileReading {
  /** A cursor into the file holds only as long as this stays. */
  readonly mark: string
  /** E_SOURCE_CHANGED where what is read is no longer as it was when the reading began. */
  readonly check: () => Promise<void>
  /** The same for one page. */
  readonly checkPage: () => Promise<void>
}

/** The records of a file: how they are found, and how one becomes a row. */
export class FileRecords<Row, E extends Entry> {
  readonly format: FileFormat<E>
  readonly file: string
  readonly key: readonly string[]
  readonly limit: number | null
  readonly #row: StandardSchema<unknown, Row>
  /** A sample asks again for the count, which may take a reading of the whole file. */
  #counted: { readonly mark: string; readonly total: number } | null = null

  constructor(format: FileFormat<E>, { file, key, row, limit }: FileReaderOptions<Row>) {
    this.format = format
    this.file = file
    this.key = key
    this.limit = limit
    this.#row = row
  }

  async asFileError<T>(act: () => Promise<T>): Promise<T> {
    try {
      return await act()
    } catch (cause) {
      throw cause instanceof OffpeakError ? cause : fileError(this.file, cause)
    }
  }

  /** What is read, as it is when a reading begins. */
  async begin(): Promise<FileReading> {
    const { file } = this
    const { mark: ownMark } = this.format
    const now = (): Promise<string> =>
      this.asFileError(ownMark ?? (async (): Promise<string> => (await fileState(file)).text))
    const { mark, text } = ownMark
      ? await now().then((found) => ({ mark: found, text: found }))
      : await this.asFileError(() => fileState(file))
    const check = async (): Promise<void> => {
      if ((await now()) !== text) throw fileChanged(file, 'while it was read')
    }
    return { mark, check, checkPage: ownMark ? async (): Promise<void> => undefined : check }
  }

  /** The entries from a place on; null: from the first. */
  async *blocks(from: FilePlace | null, reading: FileReading): AsyncGenerator<readonly E[], void> {
    try {
      yield* this.format.entries(from)
    } catch (cause) {
      // What looks damaged may be two versions of one file.
      await reading.check()
      throw cause instanceof OffpeakError ? cause : fileError(this.file, cause)
    }
  }

  /** The key of an entry by what `value` has just given of it; or the field that cannot be a part of one. */
  keyIn(entry: E, value: Record<string, unknown>): { readonly key: string; readonly missing: string | null } {
    const parts: string[] = []
    for (const name of this.key) {
      const part = Object.hasOwn(value, name)
        ? (this.format.keyPart?.(entry, name) ?? keyText(value[name]))
        : null
      if (part === null) return { key: '', missing: name }
      parts.push(part)
    }
    return { key: keyOf(parts), missing: null }
  }

  async record(entry: E): Promise<SourceRecord<Row>> {
    const { unit } = this.format
    const place = `${unit === 'line' ? 'Line' : 'Row'} ${entry.number}`
    const problem = (reason: string): SourceRecord<Row> => ({
      key: `(${unit} ${entry.number})`,
      problem: `${place} ${reason}`,
    })
    const value = this.format.value(entry)
    if (typeof value === 'string') return problem(value)
    const { key: found, missing } = this.keyIn(entry, value)
    if (missing !== null) return problem(`has no usable key: ${noKeyPart(missing, ownValue(value, missing))}`)
    const checked = await checkedRecord(found, value, this.#row)
    return checked.problem === undefined
      ? checked
      : { key: checked.key, problem: `${place}: ${checked.problem}` }
  }

  async count(): Promise<number> {
    const reading = await this.begin()
    const { count } = this.format
    if (this.#counted?.mark !== reading.mark) {
      let total = 0
      if (count) total = await this.asFileError(count)
      else for await (const entries of this.blocks(null, reading)) total += entries.length
      await reading.check()
      this.#counted = { mark: reading.mark, total }
    }
    return this.limit === null ? this.#counted.total : Math.min(this.#counted.total, this.limit)
  }
}
