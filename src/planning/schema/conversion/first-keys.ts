import { asJson, isNever, listOf, optionsOf, type Json, type MutableJson } from '../json-schema.ts'

/** An object among the options of a union, by its keys in the order in which a model writes them. */
export interface KeyedOption {
  readonly keys: readonly string[]
  /** What a key is fixed to, for those that are. */
  readonly fixed: ReadonlyMap<string, readonly unknown[]>
}

/**
 * How options that are objects are told apart by what is written first: as they are, with another key first (`keys`, one
 * for each option), or only by a field that is put before them. Services refuse two objects with the same first key, as
 * nothing then says which of them is being written (openai/openai-python, issue 2193), unless it is fixed in each to
 * other values.
 */
export type Apart =
  | { readonly how: 'already' }
  | { readonly how: 'reordered'; readonly keys: readonly string[] }
  | { readonly how: 'tagged' }

/** Whether the options of a union can be told apart by their first keys, and how. */
export function tellApart(options: readonly KeyedOption[]): Apart {
  const now = options.map(({ keys }) => keys[0] ?? null)
  if (isApart(options, now)) return { how: 'already' }
  const [first] = options
  const telling = first?.keys.find((key) => {
    const firsts = options.map(() => key)
    return options.every((option) => mayBegin(option, key)) && isApart(options, firsts)
  })
  if (telling !== undefined) return { how: 'reordered', keys: options.map(() => telling) }
  const own = options.map((option, at) => {
    const isOwn = (key: string): boolean =>
      mayBegin(option, key) && options.every((other, place) => place === at || !other.keys.includes(key))
    return option.keys.find(isOwn) ?? option.keys[0] ?? null
  })
  return isApart(options, own) && own.every((key) => key !== null)
    ? { how: 'reordered', keys: own.filter((key) => key !== null) }
    : { how: 'tagged' }
}

/** JavaScript writes keys that look like an index before all others. */
const indexLike = /^\d+$/

function mayBegin({ keys }: KeyedOption, key: string): boolean {
  return key === keys[0] || (keys.includes(key) && !keys.some((other) => indexLike.test(other)))
}

/** Whether no two options begin with the same key, or it is fixed to other values in each. */
function isApart(options: readonly KeyedOption[], firsts: readonly (string | null)[]): boolean {
  const seen = new Map<string | null, Set<unknown> | null>()
  for (const [at, key] of firsts.entries()) {
    const values = key === null ? null : (options[at]?.fixed.get(key) ?? null)
    const before = seen.get(key)
    if (before === undefined) seen.set(key, values && new Set(values))
    else if (before === null || values === null || values.some((value) => before.has(value))) return false
    else for (const value of values) before.add(value)
  }
  return true
}

/** The values that a schema allows, where it names them all; null: it does not. */
export function fixedValues(schema: Json): readonly unknown[] | null {
  if ('const' in schema) return [schema['const']]
  const values = listOf(schema['enum'])
  if (values !== null) return values
  if (schema['type'] === 'null') return [null]
  const options = optionsOf(schema)?.map((option) => fixedValues(asJson(option) ?? {}))
  return options?.every((option) => option !== null) === true ? options.flat() : null
}

/**
 * Whether no value can fit two of these options, as far as it can be seen: they are of different types, or objects that
 * a required key with fixed values tells apart.
 */
export function areExclusive(options: readonly Json[]): boolean {
  return options.every((one, at) => options.slice(at + 1).every((other) => excludes(one, other)))
}

function excludes(one: Json, other: Json): boolean {
  const [mine, theirs] = [one, other].map((schema) => ({
    types: typesOf(schema),
    fixed: fixedValues(schema),
  }))
  if (mine === undefined || theirs === undefined || mine.types === null || theirs.types === null) return false
  if (!mine.types.some((type) => theirs.types?.includes(type))) return true
  if (mine.fixed !== null && theirs.fixed !== null)
    return !mine.fixed.some((value) => theirs.fixed?.includes(value))
  return requiredFixed(one).some(([key, values]) => {
    const match = requiredFixed(other).find(([name]) => name === key)
    return match !== undefined && !match[1].some((value) => values.includes(value))
  })
}

function requiredFixed(schema: Json): readonly (readonly [string, readonly unknown[]])[] {
  const required = listOf(schema['required']) ?? []
  return Object.entries(asJson(schema['properties']) ?? {}).flatMap(([key, property]) => {
    const values = required.includes(key) ? fixedValues(asJson(property) ?? {}) : null
    return values === null ? [] : [[key, values] as const]
  })
}

function typesOf(schema: Json): readonly unknown[] | null {
  const fixed = fixedValues(schema)
  const plain = (type: unknown): unknown => (type === 'integer' ? 'number' : type)
  if (fixed !== null) return fixed.map((value) => (value === null ? 'null' : plain(typeof value)))
  const types = listOf(schema['type']) ?? [schema['type']]
  return isNever(schema) || types.includes(undefined) ? null : types.map(plain)
}

/** A move of a property before the others; the order of what is required stays. */
export function putFirst(form: MutableJson, key: string): void {
  const { [key]: first, ...others } = asJson(form['properties']) ?? {}
  form['properties'] = Object.fromEntries([[key, first], ...Object.entries(others)])
}
