import { BinaryValue } from '../postgres/values.ts'
import type { PackedRow } from './sink-row.ts'
import type { PlacedRow } from './sink-rows.ts'

/** The version of the binary form, which is 1, then the text (jsonb_recv in PostgreSQL's jsonb.c). */
const jsonbVersion = 1
const [opening, comma, closing, close] = [0x5b, 0x2c, 0x5d, 0x7d]
/** Number, names of the key's columns and places of vectors take less than this for each of them. */
const mostNameBytes = 40

/**
 * A list of rows as `jsonb`, `[{"n":0,"k0":"…","c0":…},…]`: their cells are copied as they are packed, where a text of
 * all would be made, measured and encoded again on its way.
 */
export class RowsJson {
  readonly #bytes: Buffer
  #at = 1

  constructor(rows: readonly PlacedRow<PackedRow>[]) {
    let mostBytes = 3
    for (const { row } of rows) {
      const { from, to, vectors, keyJson } = row
      mostBytes += to - from + mostNameBytes * (1 + keyJson.length + vectors.length)
      // UTF-8 takes at most three bytes for a unit of UTF-16.
      for (const part of keyJson) mostBytes += part.length * 3
    }
    this.#bytes = Buffer.allocUnsafeSlow(mostBytes)
    this.#bytes[0] = jsonbVersion
  }

  /** `more` are fields behind the cells, as JSON with a comma before each. */
  add(number: number, { keyJson, bytes, from, to }: PackedRow, more: string): void {
    let head = `{"n":${number}`
    keyJson.forEach((part, index) => {
      head += `,"k${index}":${part}`
    })
    this.#byte(this.#at === 1 ? opening : comma)
    this.#text(head)
    if (to > from) {
      this.#byte(comma)
      this.#at += bytes.copy(this.#bytes, this.#at, from, to)
    }
    if (more !== '') this.#text(more)
    this.#byte(close)
  }

  end(): BinaryValue {
    if (this.#at === 1) this.#byte(opening)
    this.#byte(closing)
    return new BinaryValue(this.#bytes.subarray(0, this.#at))
  }

  #byte(byte: number): void {
    this.#bytes[this.#at] = byte
    this.#at += 1
  }

  #text(text: string): void {
    this.#at += this.#bytes.write(text, this.#at)
  }
}
