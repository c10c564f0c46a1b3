import { asJson, listOf, type Json, type MutableJson } from '../json-schema.ts'
import { nothing, type Reference } from '../wire-shape.ts'

/** A schema that others refer to, sent as a definition of its own. */
export interface Definition {
  readonly node: Json
  /** In characters that every provider takes. */
  readonly name: string
  readonly reference: Reference
  form: MutableJson | null
}

/** What is unsafe in a name; nobody has documented which characters are taken, and these always were. */
const unsafe = /[^\w.-]+/g

/** The schemas inside of a root that are referred to, each once, whatever way a reference takes to it. */
export class References {
  readonly #root: Json
  readonly #byNode = new Map<Json, Definition>()
  readonly #names: Set<string>

  constructor(root: Json) {
    this.#root = root
    const named = Object.keys({ ...asJson(root['$defs']), ...asJson(root['definitions']) })
    // A name that can stay as it is stays, and is taken by no other.
    this.#names = new Set(named.filter((name) => safeName(name) === name))
  }

  /** What was referred to, in the order of the first time; grows while it is gone through. */
  get definitions(): IterableIterator<Definition> {
    return this.#byNode.values()
  }

  /** The schema that a reference leads to: by a JSON Pointer (RFC 6901), `$id` or `$anchor`; null: it leads nowhere. */
  resolve(ref: string): Json | null {
    if (ref === '#') return this.#root
    return ref.startsWith('#/') ? asJson(this.#at(ref.slice(2))) : this.#named(ref)
  }

  /** The definition that stands for the target of a reference, which is made when there is none. */
  definition(ref: string, node: Json): Definition {
    let found = this.#byNode.get(node)
    if (found === undefined) {
      found = { node, name: this.#nameOf(ref), reference: { kind: 'reference', shape: nothing }, form: null }
      this.#byNode.set(node, found)
    }
    return found
  }

  /** A name that no definition has. */
  freshName(wanted: string, join = '_'): string {
    let name = wanted
    while (this.#names.has(name)) name += join
    this.#names.add(name)
    return name
  }

  #at(pointer: string): unknown {
    let value: unknown = this.#root
    for (const part of pointer.split('/')) {
      const key = partName(part)
      value = isObject(value) && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined
    }
    return value
  }

  #named(ref: string): Json | null {
    const open: unknown[] = [this.#root]
    const seen = new Set<unknown>()
    for (const value of open) {
      if (!isObject(value) || seen.has(value)) continue
      seen.add(value)
      const schema = asJson(value)
      if (schema?.['$id'] === ref || `#${String(schema?.['$anchor'])}` === ref) return schema
      open.push(...(listOf(value) ?? Object.values(value)))
    }
    return null
  }

  #nameOf(ref: string): string {
    const direct = /^#\/(?:\$defs|definitions)\/([^/]+)$/.exec(ref)?.[1]
    const name = partName(direct ?? ref.replace(/^#\/?/, ''))
    if (direct === undefined) return this.freshName(safeName(name))
    return safeName(name) === name ? name : this.freshName(safeName(name))
  }
}

function safeName(name: string): string {
  return name.replace(unsafe, '_') || '_'
}

/** A part of a pointer in a URI (RFC 6901, 6) as what it names. */
function partName(part: string): string {
  return unescaped(part).replaceAll('~1', '/').replaceAll('~0', '~')
}

function unescaped(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
