import { OffpeakError } from '../../domain/errors.ts'
import type { SinkItem } from '../../ports/sink.ts'
import { alterationBy, type Alteration } from './altered-values.ts'
import { cellJson, jsonTextCell, notWritten, writeCell } from './cell-json.ts'
import { keyedRow, type PackedRow, problemOf, columnsToSet } from './sink-rows.ts'
import type { SinkTarget, Table, TableColumn } from './sink-table.ts'
import { packNumbers } from './sink-binding.ts'
import { Unwritable } from './json-value.ts'
import { ownValue } from '../../domain/own-value.ts'

const noValues = {}
const noVectors: readonly never[] = []

/** An item as the sink of a table sends it, or why it cannot. */
export class PackedItem implements SinkItem {
  readonly key: string
  readonly values = noValues
  readonly row: PackedRow | { readonly problem: string }
  readonly packer: Packer
  readonly part?: NonNullable<SinkItem['part']>

  constructor({ key, part }: SinkItem, row: PackedItem['row'], packer: Packer) {
    this.key = key
    if (part !== undefined) this.part = part
    this.row = row
    this.packer = packer
  }
}

/** Rows share memory in pieces of this size; a larger one has its own. */
const pieceBytes = 256 * 1024
/** UTF-8 takes at most so many bytes for a unit of UTF-16. */
const mostBytesPerUnit = 3

interface NamedColumns {
  readonly names: readonly string[]
  readonly columns: readonly TableColumn[]
  /** For each column what it would alter without a word. */
  readonly alterations: readonly (Alteration | null)[]
}

/** A packer of the items of one table. */
export class Packer {
  readonly #table: Table
  readonly #target: SinkTarget
  /** The names that items come with, nearly always the same ones, and their columns. */
  readonly #columns = new Map<string, NamedColumns>()
  #piece = Buffer.alloc(0)
  /** Where the row at hand begins in the piece, and where it ends so far. */
  #from = 0
  #at = 0

  constructor(table: Table, target: SinkTarget) {
    this.#table = table
    this.#target = target
  }

  /** Gives back what it has packed already; E_DATABASE for what was packed for the table as it was before. */
  pack(item: SinkItem): PackedItem {
    if (!(item instanceof PackedItem)) return new PackedItem(item, this.row(item), this)
    if (item.packer === this) return item
    throw new OffpeakError(
      'E_DATABASE',
      `rows for ${this.#table.text} were made before it was looked at again`,
      {
        where: this.#table.text,
        fix: 'Nothing is to be done: the answers are read again.',
      },
    )
  }

  row(item: SinkItem, keyed = keyedRow(item, this.#target)): PackedItem['row'] {
    if ('problem' in keyed) return keyed
    try {
      const { names, columns, alterations } = this.#columnsOf(keyed.names)
      const vectors = this.#cells(item.values, columns, alterations)
      const { key, keyJson, keyText } = keyed
      const from = this.#from
      this.#from = this.#at
      return { key, keyJson, keyText, names, bytes: this.#piece, from, to: this.#at, vectors }
    } catch (thrown) {
      return { problem: problemOf(thrown) }
    }
  }

  /**
   * Writes the cells and returns the vectors. Throws Unwritable, or what `JSON.stringify` throws; what was written of
   * the row is then written over.
   */
  #cells(
    values: SinkItem['values'],
    columns: readonly TableColumn[],
    alterations: NamedColumns['alterations'],
  ): PackedRow['vectors'] {
    const vectors: (Buffer | null)[] = []
    this.#at = this.#from
    columns.forEach(({ name, elements, sentAs }, index) => {
      const value = ownValue(values, name)
      const altered = alterations[index]?.(value) ?? null
      if (altered !== null) throw new Unwritable(`${name}: ${altered}`)
      this.#text(`${index === 0 ? '' : ','}"c${index}":`)
      if (sentAs !== 'value') {
        this.#text(jsonTextCell(name, value, sentAs))
        return
      }
      const packed = elements === null ? null : packNumbers(name, value, elements)
      if (elements !== null) vectors.push(packed)
      const end = packed === null ? writeCell(name, value, this.#piece, this.#at) : notWritten
      if (end === notWritten) this.#text(packed === null ? cellJson(name, value) : 'null')
      else this.#at = end
    })
    return vectors.length === 0 ? noVectors : vectors
  }

  #text(text: string): void {
    const mostBytes = text.length * mostBytesPerUnit
    if (this.#at + mostBytes > this.#piece.length) {
      const begun = this.#piece.subarray(this.#from, this.#at)
      this.#piece = Buffer.allocUnsafeSlow(Math.max(pieceBytes, begun.length + mostBytes))
      this.#at = begun.copy(this.#piece)
      this.#from = 0
    }
    this.#at += this.#piece.write(text, this.#at)
  }

  /** None where one of them is not there: sorting tells of that. */
  #columnsOf(names: readonly string[]): NamedColumns {
    const signature = names.join('\0')
    const known = this.#columns.get(signature)
    if (known) return known
    const set = columnsToSet(names, this.#table)
    const columns = 'columns' in set ? set.columns : []
    const alterations = columns.map(({ baseType, elements }) =>
      // Of a vector's numbers the digits that its elements have are what is meant.
      elements === null || !baseType.endsWith('[]') ? alterationBy(baseType) : null,
    )
    const named = { names, columns, alterations }
    this.#columns.set(signature, named)
    return named
  }
}
