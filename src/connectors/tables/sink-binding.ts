import type { PackedRow, PlacedRow } from './sink-rows.ts'
import { Unwritable } from './json-value.ts'
import type { TableColumn } from './sink-table.ts'
import { BinaryValue } from '../postgres/values.ts'

/** The numbers of a column whose values are lists of them. */
type VectorElement = NonNullable<TableColumn['elements']>

/** Object ids as PostgreSQL has fixed them (pg_type.dat), and the bytes of one number. */
const elements = { float4: { type: 700, bytes: 4 }, float8: { type: 701, bytes: 8 } } as const
const lengthBytes = 4

/**
 * A list of numbers as the elements of a binary array: the length of each, then its value. Null for everything else,
 * which JSON carries as before: no list, an empty one, one with nulls, and numbers that 32 bits do not hold, on which
 * the database has its own words. Throws Unwritable for NaN and infinities, which JSON would turn into null.
 */
export function packNumbers(column: string, value: unknown, element: VectorElement): Buffer | null {
  if (!isList(value)) return null
  const { bytes } = elements[element]
  const packed = Buffer.allocUnsafe(value.length * (lengthBytes + bytes))
  const view = new DataView(packed.buffer, packed.byteOffset, packed.length)
  let fits = value.length > 0
  let at = 0
  for (let index = 0; index < value.length; index += 1) {
    const number = value[index]
    if (typeof number !== 'number') {
      fits = false
      continue
    }
    if (!Number.isFinite(number)) throw new Unwritable(`${column}: holds ${number}`)
    view.setInt32(at, bytes)
    if (element === 'float8') view.setFloat64(at + lengthBytes, number)
    else {
      const rounded = Math.fround(number)
      fits &&= Number.isFinite(rounded) && (rounded !== 0 || number === 0)
      view.setFloat32(at + lengthBytes, rounded)
    }
    at += lengthBytes + bytes
  }
  return fits ? packed : null
}

function isList(value: unknown): value is readonly unknown[] | Float32Array | Float64Array {
  return Array.isArray(value) || value instanceof Float32Array || value instanceof Float64Array
}

/** A column of vectors: its place among those that are set, and the parameter that carries its numbers. */
interface VectorColumn {
  readonly index: number
  readonly parameter: number
  readonly element: VectorElement
}

function vectorColumns(set: readonly TableColumn[]): readonly VectorColumn[] {
  return set
    .flatMap(({ elements: element }, index) => (element === null ? [] : [{ index, element }]))
    .map((column, place) => ({ ...column, parameter: place + 2 }))
}

/**
 * Columns of `u.*` over the JSON's fields, with two more fields for each column of vectors: the first and last place of
 * the row's numbers in the parameter, absent where the JSON itself holds the value.
 */
export function vectorFields(set: readonly TableColumn[]): {
  readonly fields: readonly string[]
  readonly value: (index: number) => string
} {
  const columns = new Map(vectorColumns(set).map((column) => [column.index, column]))
  return {
    fields: [...columns.keys()].flatMap((index) => [`f${index} int4`, `l${index} int4`]),
    value(index) {
      const column = columns.get(index)
      if (!column) return `c${index}`
      const slice = `($${column.parameter}::${column.element}[])[f${index}:l${index}]`
      return `case when f${index} is null then c${index} else ${slice}::${set[index]?.type} end as c${index}`
    },
  }
}

/** The parameters of a statement over rows: their JSON, and the numbers of each column of vectors as one binary array. */
export function bindRows(
  rows: readonly PlacedRow<PackedRow>[],
  set: readonly TableColumn[],
): readonly BinaryValue[] {
  const arrays = vectorColumns(set).map(({ index, element }) => ({
    index,
    element,
    packed: new Array<Buffer>(),
    length: 0,
  }))
  const json = new RowsJson(rows)
  for (const { index: number, row } of rows) {
    let places = ''
    arrays.forEach((array, place) => {
      const vector = row.vectors[place]
      if (!vector) return
      const first = array.length + 1
      array.packed.push(vector)
      array.length += vector.length / (lengthBytes + elements[array.element].bytes)
      places += `,"f${array.index}":${first},"l${array.index}":${array.length}`
    })
    json.add(number, row, places)
  }
  return [json.end(), ...arrays.map(binaryArray)]
}

/** Dimensions, whether there are nulls, type, length, lower bound, elements (array_send in PostgreSQL's arrayfuncs.c). */
function binaryArray(array: {
  readonly element: VectorElement
  readonly packed: readonly Buffer[]
  readonly length: number
}): BinaryValue {
  const head = Buffer.alloc(20)
  for (const [place, word] of [1, 0, elements[array.element].type, array.length, 1].entries())
    head.writeInt32BE(word, place * 4)
  return new BinaryValue(Buffer.concat([head, ...array.packed]))
}

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
