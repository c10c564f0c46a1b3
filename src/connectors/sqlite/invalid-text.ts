import { isUtf8 } from 'node:buffer'
import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import type { Sql } from '../database/sql.ts'

/** A text whose bytes are not valid in the database's encoding. */
export class InvalidText {
  readonly bytes: Uint8Array
  readonly encoding: string

  constructor(bytes: Uint8Array, encoding: string) {
    this.bytes = bytes
    this.encoding = encoding
  }
}

/** Whether a cell has the character that stands for what cannot be decoded; it may stand there by itself as well. */
export function mayBeInvalid(cell: unknown): boolean {
  return typeof cell === 'string' && cell.includes('\ufffd')
}

/**
 * The bytes of a statement's cells, read beside the statement while it is open (which keeps what it sees as it is):
 * SQLite checks no text, and the driver replaces what cannot be decoded without a word.
 */
export class CellBytes implements Disposable {
  readonly #rows: Iterator<Record<string, unknown>>
  readonly #encoding: string
  #read = 0

  constructor(database: DatabaseSync, { text }: Sql, count: number, values: Record<string, SQLInputValue>) {
    this.#encoding = String(Object.values(database.prepare('pragma encoding').get() ?? {})[0])
    const names = Array.from({ length: count }, (_, index) => `c${index}`)
    const casts = names.map((name) => `cast(${name} as blob)`)
    const statement = database.prepare(
      `with offpeak_rows(${names.join(', ')}) as (${text}) select ${casts.join(', ')} from offpeak_rows`,
    )
    statement.setReturnArrays(true)
    this.#rows = statement.iterate(values)
  }

  /** The cells of the row with this number, counted from 0 and rising, with `InvalidText` for what is none. */
  checked(cells: readonly unknown[], number: number): readonly unknown[] {
    for (; this.#read < number; this.#read += 1) this.#rows.next()
    this.#read += 1
    const bytes = Object.values(this.#rows.next().value ?? {})
    return cells.map((cell, index) => {
      const found = bytes[index]
      return mayBeInvalid(cell) && found instanceof Uint8Array && !this.#isValid(found)
        ? new InvalidText(found, this.#encoding)
        : cell
    })
  }

  /** Ends the second statement: one that stays open keeps others from writing. */
  [Symbol.dispose](): void {
    this.#rows.return?.()
  }

  #isValid(bytes: Uint8Array): boolean {
    if (this.#encoding === 'UTF-8') return isUtf8(bytes)
    const units = Buffer.from(bytes)
    if (units.length % 2 > 0) return false
    return (this.#encoding === 'UTF-16be' ? units.swap16() : units).toString('utf16le').isWellFormed()
  }
}
