type Cell = string | number | null

/** How a field is kept: `number` (8 bytes) · `word` (one of few texts, 4 bytes) · `text` (its bytes and 4 more). */
type Kind = 'number' | 'word' | 'text'

/** A kind for each field of a row. */
export type Fields<Row> = { readonly [Name in keyof Row]: Kind }

/**
 * Many rows, kept by column: half of what they take as objects, and nothing that garbage collection goes through.
 * Numbers are not NaN, texts are well-formed.
 */
export class CompactRows<Row extends { readonly [Name in keyof Row]: Cell }> {
  readonly #names: readonly (keyof Row & string)[]
  readonly #columns: readonly Column[]
  readonly #View: new (index: number) => object
  #length = 0

  constructor(fields: Fields<Row>) {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a row has the fields of its type and no others
    this.#names = Object.keys(fields) as (keyof Row & string)[]
    this.#columns = this.#names.map((name) => columns[fields[name]]())
    this.#View = viewOver(this.#names, this.#columns)
  }

  get length(): number {
    return this.#length
  }

  push(row: Row): void {
    for (let index = 0; index < this.#names.length; index += 1) {
      const name = this.#names[index]
      if (name !== undefined) this.#columns[index]?.set(this.#length, row[name])
    }
    this.#length += 1
  }

  /** A row whose fields are looked up when they are read; it has none of its own to copy. */
  at(index: number): Row | undefined {
    if (index < 0 || index >= this.#length) return undefined
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it reads what a row was taken apart into
    return new this.#View(index) as Row
  }
}

function viewOver(names: readonly string[], from: readonly Column[]): new (index: number) => object {
  return class View {
    readonly #index: number

    constructor(index: number) {
      this.#index = index
    }

    static {
      for (const [place, name] of names.entries())
        Object.defineProperty(View.prototype, name, {
          get(this: View) {
            return from[place]?.get(this.#index) ?? null
          },
        })
    }
  }
}

interface Column {
  set(index: number, value: Cell): void
  get(index: number): Cell
}

const firstLength = 64

function longerFloats(values: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const longer = new Float64Array(values.length * 2)
  longer.set(values)
  return longer
}

function longerInts(values: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const longer = new Int32Array(values.length * 2)
  longer.set(values)
  return longer
}

class NumberColumn implements Column {
  #values = new Float64Array(firstLength)

  set(index: number, value: Cell): void {
    if (index >= this.#values.length) this.#values = longerFloats(this.#values)
    this.#values[index] = typeof value === 'number' ? value : Number.NaN
  }

  get(index: number): Cell {
    const value = this.#values[index] ?? Number.NaN
    return Number.isNaN(value) ? null : value
  }
}

class WordColumn implements Column {
  #codes = new Int32Array(firstLength)
  readonly #words: Cell[] = []
  readonly #codeOf = new Map<Cell, number>()

  set(index: number, value: Cell): void {
    if (index >= this.#codes.length) this.#codes = longerInts(this.#codes)
    let code = this.#codeOf.get(value)
    if (code === undefined) {
      code = this.#words.push(value) - 1
      this.#codeOf.set(value, code)
    }
    this.#codes[index] = code
  }

  get(index: number): Cell {
    return this.#words[this.#codes[index] ?? -1] ?? null
  }
}

const noText = -1

class TextColumn implements Column {
  /** Where each text ends among the bytes, and `noText` where there is none. */
  #ends = new Int32Array(firstLength)
  #bytes = Buffer.allocUnsafeSlow(firstLength * 16)
  #end = 0

  set(index: number, value: Cell): void {
    if (index >= this.#ends.length) this.#ends = longerInts(this.#ends)
    if (value === null) {
      this.#ends[index] = noText - this.#end
      return
    }
    const text = String(value)
    this.#makeRoom(text.length * 3)
    this.#end += this.#bytes.write(text, this.#end)
    this.#ends[index] = this.#end
  }

  get(index: number): Cell {
    const end = this.#ends[index] ?? noText
    if (end < 0) return null
    const before = index === 0 ? 0 : (this.#ends[index - 1] ?? 0)
    return this.#bytes.toString('utf8', before < 0 ? noText - before : before, end)
  }

  #makeRoom(bytes: number): void {
    if (this.#end + bytes <= this.#bytes.length) return
    const grown = Buffer.allocUnsafeSlow(Math.max(this.#end + bytes, 2 * this.#bytes.length))
    this.#bytes.copy(grown, 0, 0, this.#end)
    this.#bytes = grown
  }
}

const columns = {
  number: () => new NumberColumn(),
  word: () => new WordColumn(),
  text: () => new TextColumn(),
} as const satisfies Record<Kind, () => Column>
