import { readFileSync, realpathSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { valueText } from './values.ts'
import { type ModuleShape, shapeOf } from './module-shape.ts'
import type { ShapeCache } from './shape-cache.ts'
import type { ModuleTable } from './slice.ts'
import { parseModule, type Transforming } from './syntax.ts'

/** The loader of modules, which also says where a module is. */
export interface Resolving extends Transforming {
  esmResolve(id: string, options: { parentURL: string; try: true }): string | undefined
}

/** The modules of a project on its disk, read when they are first asked for. */
export class ModuleFiles implements ModuleTable {
  readonly #jiti: Resolving
  /** Modules that are handed out by name, and are nobody's files. */
  readonly #given: ReadonlySet<string>
  readonly #dir: string
  readonly #cache: ShapeCache
  readonly #shapes = new Map<string, ModuleShape | string>()
  readonly #texts = new Map<string, string | null>()

  constructor(jiti: Resolving, dir: string, given: ReadonlySet<string>, cache: ShapeCache) {
    this.#jiti = jiti
    this.#cache = cache
    this.#dir = dir
    this.#given = given
  }

  /** The files that were read so far. */
  get paths(): readonly string[] {
    return [...this.#shapes.keys(), ...this.#texts.keys()]
  }

  /** Reads these modules, and those of the project that they import. */
  follow(paths: Iterable<string>): void {
    const seen = new Set(paths)
    for (const path of seen) {
      const shape = this.shape(path)
      if (typeof shape === 'string') continue
      const from = [...Object.values(shape.imports), ...Object.values(shape.exports)].flatMap((each) =>
        typeof each === 'string' ? [] : [each.from],
      )
      // Those that are found come up in their turn.
      for (const name of [...from, ...shape.handsOn]) {
        const found = this.resolve(path, name)
        if (found !== null) seen.add(found)
      }
    }
  }

  shape(path: string): ModuleShape | string {
    const known = this.#shapes.get(path)
    if (known !== undefined) return known
    const shape = this.#read(path)
    this.#shapes.set(path, shape)
    return shape
  }

  resolve(from: string, name: string): string | null {
    if (isBuiltin(name) || this.#given.has(name)) return null
    const found = this.#jiti.esmResolve(name.replace(/\?raw$/, ''), { parentURL: from, try: true })
    if (found === undefined) return null
    try {
      const path = realpathSync(found.startsWith('file:') ? fileURLToPath(found) : found)
      return /[\\/]node_modules[\\/]/.test(path) ? null : path
    } catch {
      return null
    }
  }

  text(from: string, name: string): string | null {
    const path = name.startsWith('url:')
      ? resolve(dirname(from), name.slice('url:'.length))
      : resolve(this.#dir, name)
    const known = this.#texts.get(path)
    if (known !== undefined) return known
    const text = readText(path)
    this.#texts.set(path, text)
    return text
  }

  #read(path: string): ModuleShape | string {
    const text = readText(path)
    if (text === null) return ''
    if (path.endsWith('.json')) return jsonText(text)
    if (!/\.[cm]?[jt]sx?$/.test(path)) return text
    return this.#cache.of(path, text, () => {
      const program = parseModule(this.#jiti, text, path)
      return program === null ? text : shapeOf(program)
    })
  }
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
      .replace(/^\uFEFF/, '')
      .replaceAll('\r\n', '\n')
  } catch {
    return null
  }
}

function jsonText(text: string): string {
  try {
    const value: unknown = JSON.parse(text)
    return valueText(value, { text: (each) => each, code: null })
  } catch {
    return text
  }
}
