/**
 * How a value travels between the user's schema and the strict one that a provider takes. Built beside the strict
 * schema, and used to turn a model's answer back.
 */
export type Shape =
  | { readonly kind: 'scalar'; readonly type: ScalarType; readonly values: readonly unknown[] | null }
  | { readonly kind: 'object'; readonly fields: ReadonlyMap<string, Field> }
  | { readonly kind: 'list'; readonly item: Shape }
  /** A list of `{key, value}` that stands for an object with free keys. */
  | { readonly kind: 'record'; readonly entry: Shape; readonly path: string }
  /** An object with `item1`, `item2` … and perhaps `rest` that stands for a list of fixed positions. */
  | { readonly kind: 'tuple'; readonly items: readonly Field[]; readonly rest: Shape | null }
  | { readonly kind: 'union'; readonly options: readonly Shape[] }
  /** An object of a tag and the value, in which one option of a union is sent that looks like another. */
  | { readonly kind: 'tagged'; readonly tag: string; readonly of: Shape }
  | Reference

export type ScalarType = 'string' | 'number' | 'integer' | 'boolean' | 'null'

export interface Field {
  readonly shape: Shape
  /** Whether null was added to mean that the user's value does not have it. */
  readonly nullMeansAbsent: boolean
}

/** A named schema; its shape is filled in once it is known, as it may refer to itself. */
export interface Reference {
  readonly kind: 'reference'
  shape: Shape
}

/** What a reference stands for until then: a value that does not exist. */
export const nothing: Shape = { kind: 'scalar', type: 'null', values: [] }

/** The fields of a tagged option. */
export const [tagKey, taggedKey] = ['option', 'value'] as const

/** A key that stands twice in a list of key and value: as in JSON itself, nobody can know which of the two is meant. */
export class RepeatedKey extends Error {
  constructor(path: string, key: string) {
    super(`${path === '' ? '' : `${path}: `}the key ${JSON.stringify(key)} is there twice`)
  }
}

export function tupleKey(index: number): string {
  return `item${index + 1}`
}

/** What `fits` has found out during one decoding, so that nested unions cost no more than their size. */
type Memory = Map<object, Map<Shape, boolean>>

/**
 * Turns what a model wrote into what the user's schema describes. What does not have the expected shape passes
 * unchanged, for the user's own validation to say what is wrong with it. Recursive: the caller bounds the depth.
 * Throws `RepeatedKey`.
 */
export function decodeShape(shape: Shape, value: unknown, memory: Memory = new Map()): unknown {
  switch (shape.kind) {
    case 'scalar':
      return value
    case 'object':
      return isObject(value) ? decodeObject(shape.fields, value, memory) : value
    case 'list':
      return Array.isArray(value)
        ? value.map((item: unknown) => decodeShape(shape.item, item, memory))
        : value
    case 'record':
      return isEntries(value) ? decodeRecord(shape, value, memory) : value
    case 'tuple':
      return isObject(value) ? decodeTuple(shape.items, shape.rest, value, memory) : value
    case 'union':
      return decodeUnion(shape.options, value, memory)
    case 'tagged':
      return isTagged(shape.tag, value) ? decodeShape(shape.of, own(value, taggedKey), memory) : value
    case 'reference':
    default:
      return decodeShape(shape.shape, value, memory)
  }
}

function decodeUnion(options: readonly Shape[], value: unknown, memory: Memory): unknown {
  const option =
    options.find((option) => fits(option, value, memory)) ??
    options.find((option) => option.kind === 'tagged' && isTagged(option.tag, value)) ??
    // People leave the tag out, and so does a service that keeps to no schema.
    options
      .map((option) => (option.kind === 'tagged' ? option.of : option))
      .find((of) => fits(of, value, memory))
  return option === undefined ? value : decodeShape(option, value, memory)
}

function decodeRecord(
  { entry, path }: Extract<Shape, { kind: 'record' }>,
  entries: readonly { readonly key: string; readonly value: unknown }[],
  memory: Memory,
): unknown {
  const seen = new Set<string>()
  const decoded = entries.map(({ key, value }) => {
    if (seen.has(key)) throw new RepeatedKey(path, key)
    seen.add(key)
    return [key, decodeShape(entry, value, memory)] as const
  })
  // It defines `__proto__` as a key like any other.
  return Object.fromEntries(decoded)
}

function decodeObject(fields: ReadonlyMap<string, Field>, value: object, memory: Memory): unknown {
  const entries: (readonly [string, unknown])[] = []
  for (const [key, item] of Object.entries(value)) {
    const field = fields.get(key)
    if (field === undefined) entries.push([key, item])
    else if (item !== null || !field.nullMeansAbsent)
      entries.push([key, decodeShape(field.shape, item, memory)])
  }
  return Object.fromEntries(entries)
}

function decodeTuple(items: readonly Field[], rest: Shape | null, value: object, memory: Memory): unknown {
  const list: unknown[] = []
  for (const [index, field] of items.entries()) {
    const item = own(value, tupleKey(index))
    if (item === undefined || (item === null && field.nullMeansAbsent)) return list
    list.push(decodeShape(field.shape, item, memory))
  }
  const more = rest === null ? [] : own(value, 'rest')
  if (rest !== null && Array.isArray(more))
    for (const item of more) list.push(decodeShape(rest, item, memory))
  return list
}

/** Whether a value is one that the strict schema allows. */
function fits(shape: Shape, value: unknown, memory: Memory): boolean {
  if (shape.kind === 'scalar') return fitsScalar(shape.type, shape.values, value)
  if (typeof value !== 'object' || value === null) return fitsInside(shape, value, memory)
  let known = memory.get(value)
  if (known === undefined) memory.set(value, (known = new Map()))
  let answer = known.get(shape)
  if (answer === undefined) known.set(shape, (answer = fitsInside(shape, value, memory)))
  return answer
}

function fitsScalar(type: ScalarType, values: readonly unknown[] | null, value: unknown): boolean {
  if (values !== null) return values.includes(value)
  if (type === 'null') return value === null
  return type === 'integer' ? Number.isInteger(value) : typeof value === type
}

function fitsInside(shape: Exclude<Shape, { kind: 'scalar' }>, value: unknown, memory: Memory): boolean {
  switch (shape.kind) {
    case 'object':
      return isObject(value) && fitsFields([...shape.fields], value, memory)
    case 'list':
      return Array.isArray(value) && value.every((item) => fits(shape.item, item, memory))
    case 'record':
      return isEntries(value) && value.every((entry) => fits(shape.entry, entry.value, memory))
    case 'tuple': {
      const fields = shape.items.map((field, index): [string, Field] => [tupleKey(index), field])
      if (shape.rest !== null)
        fields.push(['rest', { shape: { kind: 'list', item: shape.rest }, nullMeansAbsent: false }])
      return isObject(value) && fitsFields(fields, value, memory)
    }
    case 'union':
      return shape.options.some((option) => fits(option, value, memory))
    case 'tagged':
      return (
        isTagged(shape.tag, value) &&
        Object.keys(value).length === 2 &&
        fits(shape.of, own(value, taggedKey), memory)
      )
    case 'reference':
    default:
      return fits(shape.shape, value, memory)
  }
}

function fitsFields(fields: readonly (readonly [string, Field])[], value: object, memory: Memory): boolean {
  if (Object.keys(value).length !== fields.length) return false
  return fields.every(([key, field]) => {
    const item = own(value, key)
    return (item === null && field.nullMeansAbsent) || (item !== undefined && fits(field.shape, item, memory))
  })
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isTagged(tag: string, value: unknown): value is object {
  return isObject(value) && own(value, tagKey) === tag && Object.hasOwn(value, taggedKey)
}

function isEntries(value: unknown): value is readonly { readonly key: string; readonly value: unknown }[] {
  return (
    Array.isArray(value) &&
    value.every(
      (entry) => isObject(entry) && typeof own(entry, 'key') === 'string' && Object.hasOwn(entry, 'value'),
    )
  )
}

function own(value: object, key: string): unknown {
  return Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined
}
