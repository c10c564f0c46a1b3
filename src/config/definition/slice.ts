import type { Import, ModuleShape, Piece } from './module-shape.ts'

/** The modules of a project, as their code says. Paths are those of files. */
export interface ModuleTable {
  /** The shape of a module of the project; a text where it is no code, as of a JSON file. */
  shape(path: string): ModuleShape | string
  /** The file of a module of the project that another one names; null: it belongs to a package, or to Node. */
  resolve(from: string, name: string): string | null
  /** The text of a file that code reads, as `Piece.reads` names it; null: there is none. */
  text(from: string, name: string): string | null
}

/**
 * The code that some code of a project depends on: the pieces themselves, and every declaration they name, through the
 * modules of the project. Where the code of a package comes in, its name counts, and not what it holds.
 */
export class Slice {
  readonly #table: ModuleTable
  readonly #lines = new Set<string>()
  /** Modules by the order in which they are met: where their files lie does not count. */
  readonly #numbers = new Map<string, number>()
  readonly #seen = new Map<string, Set<string>>()
  readonly #packages = new Set<string>()

  constructor(table: ModuleTable) {
    this.#table = table
  }

  /** The packages whose code comes in, besides Offpeak itself. */
  get packages(): ReadonlySet<string> {
    return this.#packages
  }

  /** Every piece once, in an order that does not depend on where it stands in its file. */
  get lines(): readonly string[] {
    this.#takeEffects()
    return [...this.#lines].toSorted()
  }

  takePiece(path: string, piece: Piece): void {
    this.#lines.add(`${this.#numberOf(path)} ${piece.text}`)
    for (const name of piece.names) this.#takeName(path, name)
    for (const name of piece.reads) {
      const text = this.#table.text(path, name)
      if (text !== null) this.#lines.add(`read ${JSON.stringify([name, text])}`)
    }
    for (const name of piece.loads) this.#takeImport(path, { from: name, name: null })
  }

  /** Takes what a module exports by a name. */
  takeExport(path: string, name: string): void {
    const shape = this.#table.shape(path)
    if (typeof shape === 'string') return this.#takeText(path, shape)
    if (!this.#isNew(path, `export ${name}`)) return
    const found = Object.hasOwn(shape.exports, name) ? shape.exports[name] : undefined
    if (typeof found === 'string') return this.#takeName(path, found)
    if (found !== undefined) return this.#takeImport(path, found)
    if (name !== 'default') for (const from of shape.handsOn) this.#takeImport(path, { from, name })
  }

  #takeName(path: string, name: string): void {
    const shape = this.#table.shape(path)
    if (typeof shape === 'string') return this.#takeText(path, shape)
    const imported = Object.hasOwn(shape.imports, name) ? shape.imports[name] : undefined
    const pieces = Object.hasOwn(shape.declarations, name) ? (shape.declarations[name] ?? []) : []
    if ((imported === undefined && pieces.length === 0) || !this.#isNew(path, `name ${name}`)) return
    if (imported !== undefined) this.#takeImport(path, imported)
    for (const piece of pieces) this.takePiece(path, piece)
  }

  #takeImport(path: string, { from, name }: Import): void {
    const file = this.#table.resolve(path, from)
    if (file !== null) {
      if (name === null) this.#takeWhole(file)
      else this.takeExport(file, name)
      return
    }
    this.#lines.add(`${this.#numberOf(path)} import ${JSON.stringify([from, name])}`)
    if (from !== 'offpeak' && !from.startsWith('node:')) this.#packages.add(from)
  }

  #takeWhole(path: string): void {
    const shape = this.#table.shape(path)
    if (typeof shape === 'string') return this.#takeText(path, shape)
    if (!this.#isNew(path, 'whole')) return
    for (const name of Object.keys(shape.exports)) this.takeExport(path, name)
    for (const from of shape.handsOn) this.#takeImport(path, { from, name: null })
    for (const piece of shape.effects) this.takePiece(path, piece)
  }

  #takeText(path: string, text: string): void {
    this.#lines.add(`${this.#numberOf(path)} ${text}`)
  }

  /** Statements count that name something which counts, or nothing of their module at all. */
  #takeEffects(): void {
    for (let before = -1; before !== this.#lines.size;) {
      before = this.#lines.size
      for (const path of this.#numbers.keys()) {
        const shape = this.#table.shape(path)
        if (typeof shape === 'string') continue
        for (const piece of shape.effects) {
          const own = piece.names.filter((name) => Object.hasOwn(shape.declarations, name))
          if (own.length === 0 || own.some((name) => this.#seen.get(path)?.has(`name ${name}`)))
            this.takePiece(path, piece)
        }
      }
    }
  }

  #isNew(path: string, what: string): boolean {
    this.#numberOf(path)
    const seen = this.#seen.get(path) ?? new Set<string>()
    this.#seen.set(path, seen)
    if (seen.has(what)) return false
    seen.add(what)
    return true
  }

  #numberOf(path: string): number {
    const number = this.#numbers.get(path) ?? this.#numbers.size
    this.#numbers.set(path, number)
    return number
  }
}
