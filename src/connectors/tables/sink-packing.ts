import type { SinkItem } from '../../ports/sink.ts'
import { cellJson, keyedRow, type KeyedRow, problemOf } from './sink-row.ts'
import { columnsToSet } from './sink-rows.ts'
import type { SinkTarget, Table, TableColumn } from './sink-table.ts'
import { packNumbers } from './sink-vectors.ts'

/** The cells of a row as the inside of a JSON object, `"c0":…,"c1":…`, in memory that it shares with other rows. */
export interface PackedCells {
  readonly bytes: Buffer
  readonly from: number
  readonly to: number
  /** For each column of vectors its numbers; null where the JSON holds the value. */
  readonly vectors: readonly (Buffer | null)[]
}

export interface PackedRow extends KeyedRow {
  readonly cells: PackedCells
}

/** An item as the sink of a table sends it, or why it cannot. */
export class PackedItem implements SinkItem {
  readonly key: string
  readonly values = {}
  readonly row: PackedRow | { readonly problem: string }

  constructor(key: string, row: PackedItem['row']) {
    this.key = key
    this.row = row
  }
}

/** Rows share memory in pieces of this size; a larger one has its own. */
const pieceBytes = 256 * 1024
/** UTF-8 takes at most so many bytes for a unit of UTF-16. */
const mostBytesPerUnit = 3
const mostNameBytes = 16

/** Packs the items of one table. */
export class Packer {
  readonly #table: Table
  readonly #target: SinkTarget
  /** The columns of the names that items come with: nearly always the same ones. */
  readonly #columns = new Map<string, readonly TableColumn[]>()
  #piece = Buffer.alloc(0)
  #used = 0

  constructor(table: Table, target: SinkTarget) {
    this.#table = table
    this.#target = target
  }

  /** Gives back what is packed already. */
  pack(item: SinkItem): PackedItem {
    return item instanceof PackedItem ? item : new PackedItem(item.key, this.row(item))
  }

  row(item: SinkItem, keyed = keyedRow(item, this.#target)): PackedItem['row'] {
    if ('problem' in keyed) return keyed
    try {
      return { ...keyed, cells: this.#cells(item.values, this.#columnsOf(keyed.names)) }
    } catch (thrown) {
      return { problem: problemOf(thrown) }
    }
  }

  /** Throws Unwritable, or what `JSON.stringify` throws. */
  #cells(values: SinkItem['values'], columns: readonly TableColumn[]): PackedCells {
    const vectors: (Buffer | null)[] = []
    const texts = columns.map(({ name, elements }) => {
      const packed = elements === null ? null : packNumbers(name, values[name], elements)
      if (elements !== null) vectors.push(packed)
      return packed === null ? cellJson(name, values[name]) : 'null'
    })
    const mostBytes = texts.reduce((sum, text) => sum + text.length * mostBytesPerUnit + mostNameBytes, 0)
    if (mostBytes > this.#piece.length - this.#used) {
      this.#piece = Buffer.allocUnsafeSlow(Math.max(pieceBytes, mostBytes))
      this.#used = 0
    }
    const from = this.#used
    for (const [index, text] of texts.entries()) {
      this.#used += this.#piece.write(`${index === 0 ? '' : ','}"c${index}":`, this.#used)
      this.#used += this.#piece.write(text, this.#used)
    }
    return { bytes: this.#piece, from, to: this.#used, vectors }
  }

  /** None where one of them is not there: sorting tells of that. */
  #columnsOf(names: readonly string[]): readonly TableColumn[] {
    const signature = names.join('\0')
    const known = this.#columns.get(signature)
    if (known) return known
    const set = columnsToSet(names, this.#table)
    const columns = 'columns' in set ? set.columns : []
    this.#columns.set(signature, columns)
    return columns
  }
}
