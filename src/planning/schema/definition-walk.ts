import { OffpeakError } from '../../domain/errors.ts'
import { asJson, listOf, type Json, type MutableJson } from './json-schema.ts'
import { hasMeantFlags } from './pattern-flags.ts'

/** A library whose schemas are read by their definitions. */
export interface Library {
  /** As people know it: `Valibot`. */
  readonly name: string
  /** How else a schema of it comes with its JSON Schema: what to do where a part is not known here. */
  readonly otherWay: string
  /** The JSON Schema of one schema. Throws E_SCHEMA naming the path. */
  readonly read: (walk: DefinitionWalk, schema: object, path: string) => Json
}

/** A schema may make new ones without an end, each time that it is looked at. */
const maxDefinitions = 500

/** One way through the definition of a schema, which may lead back to where it was. */
export class DefinitionWalk {
  readonly #library: Library
  readonly #root: object
  readonly #names = new Map<object, string>()
  readonly #definitions: MutableJson = {}

  constructor(library: Library, root: object) {
    this.#library = library
    this.#root = root
  }

  /** The JSON Schema of the root, draft 2020-12. Throws E_SCHEMA naming the path of what cannot be said in it. */
  whole(): Record<string, unknown> {
    const root = this.read(this.#root, '')
    return this.#names.size === 0 ? { ...root } : { ...root, $defs: this.#definitions }
  }

  read(schema: unknown, path: string): Json {
    if ((typeof schema !== 'object' && typeof schema !== 'function') || schema === null)
      throw this.unknown(path, 'a part that is no schema')
    return this.#library.read(this, schema, path)
  }

  /** What is said only once it is asked for is a definition, as it may contain itself. */
  readLazily(schema: unknown, path: string): Json {
    if (schema === this.#root) return { $ref: '#' }
    if (typeof schema !== 'object' || schema === null)
      throw this.unknown(path, 'a lazy part without a schema')
    const known = this.#names.get(schema)
    if (known !== undefined) return { $ref: `#/$defs/${known}` }
    if (this.#names.size >= maxDefinitions) throw this.unknown(path, 'lazy parts that are new ones each time')
    const name = `part${this.#names.size + 1}`
    this.#names.set(schema, name)
    this.#definitions[name] = this.read(schema, path)
    return { $ref: `#/$defs/${name}` }
  }

  /** What JSON has no value for. */
  unsayable(path: string, what: string): OffpeakError {
    return this.#refusal(
      path,
      `it asks for ${what}, which JSON has no value for`,
      'Describe this part with strings, numbers, booleans, lists and objects of named fields; a date as an ISO string.',
    )
  }

  /** What may be sayable, and is not known here. */
  unknown(path: string, what: string): OffpeakError {
    const { name, otherWay } = this.#library
    return this.#refusal(path, `${what} of ${name} is nothing that Offpeak can tell a model`, otherWay)
  }

  #refusal(path: string, because: string, fix: string): OffpeakError {
    const place = path === '' ? 'its root' : path
    return new OffpeakError(
      'E_SCHEMA',
      `The output schema cannot be sent to a model at ${place}: ${because}.`,
      { where: `output, ${place}`, fix },
    )
  }
}

/** An added bound; a second one of the same keyword stands in a part of its own. */
export function addBound(schema: MutableJson, keyword: string, value: unknown): void {
  if (!(keyword in schema)) schema[keyword] = value
  else schema['allOf'] = [...(listOf(schema['allOf']) ?? []), { [keyword]: value }]
}

/** A pattern as JSON Schema has it; with its flags where they change what it takes, so that it is told and not enforced. */
export function patternOf(pattern: RegExp): string {
  return hasMeantFlags(pattern) ? String(pattern) : pattern.source
}

/** A pattern that texts with these very characters fit. */
export function literally(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`)
}

export interface Fields {
  readonly named: readonly (readonly [key: string, of: Json, isOptional: boolean])[]
  /** What further keys may be: any value, none, or what a schema says. Undefined: they are dropped. */
  readonly further: Json | false | undefined
}

export function objectOf({ named, further }: Fields): MutableJson {
  return {
    type: 'object',
    properties: Object.fromEntries(named.map(([key, of]) => [key, of])),
    required: named.filter(([, , isOptional]) => !isOptional).map(([key]) => key),
    ...(further === undefined ? {} : { additionalProperties: further }),
  }
}

export function tupleOf(items: readonly Json[], rest: Json | null): MutableJson {
  return { type: 'array', prefixItems: items, minItems: items.length, items: rest ?? false }
}

/** Free keys; null where the keys are no texts, which those of an object are. */
export function recordOf(key: Json, value: Json): MutableJson | null {
  const values = listOf(key['enum']) ?? ('const' in key ? [key['const']] : null)
  const areTexts = values?.every((each) => typeof each === 'string') ?? key['type'] === 'string'
  if (!areTexts) return null
  const isAnyText = Object.keys(key).length === 1 && key['type'] === 'string'
  return { type: 'object', ...(isAnyText ? {} : { propertyNames: key }), additionalProperties: value }
}

export function orNull(schema: Json): MutableJson {
  return { anyOf: [schema, { type: 'null' }] }
}

/** One fixed value; null where JSON does not have it. */
export function fixed(value: unknown): MutableJson | null {
  const isThere =
    value === null ||
    typeof value === 'string' ||
    typeof value === 'boolean' ||
    (typeof value === 'number' && Number.isFinite(value))
  return isThere ? { const: value } : null
}

/** The value that a library keeps under a name of a schema or definition; undefined where it keeps nothing. */
export function kept(of: object, name: string): unknown {
  return Reflect.get(of, name)
}

/** The same as a list; empty where it is none. */
export function keptList(of: object, name: string): readonly unknown[] {
  return listOf(kept(of, name)) ?? []
}

/** The same as an object; empty where it is none. */
export function keptObject(of: object, name: string): Json {
  return asJson(kept(of, name)) ?? {}
}
