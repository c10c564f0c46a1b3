/**
 * How a value travels between the user's schema and the strict one that a provider takes. Built beside the strict
 * schema, and used to turn a model's answer back.
 */
export type Shape =
  | {
      readonly kind: 'scalar'
      readonly type: ScalarType
      readonly values: readonly unknown[] | null
      readonly bounds?: Bounds
    }
  | { readonly kind: 'object'; readonly fields: ReadonlyMap<string, Field> }
  | { readonly kind: 'list'; readonly item: Shape; readonly bounds?: Bounds }
  /** A list of `{key, value}` that stands for an object with free keys. */
  | { readonly kind: 'record'; readonly entry: Shape; readonly path: string; readonly bounds?: Bounds }
  /** An object with `item1`, `item2` … and perhaps `rest` that stands for a list of fixed positions. */
  | { readonly kind: 'tuple'; readonly items: readonly Field[]; readonly rest: Shape | null }
  | { readonly kind: 'union'; readonly options: readonly Shape[] }
  /** An object of a tag and the value, in which one option of a union is sent that looks like another. */
  | { readonly kind: 'tagged'; readonly tag: string; readonly of: Shape }
  | Reference

/** The keywords beside a type that a service may enforce; they tell options of a union apart that look alike. */
export type Bounds = Readonly<Record<string, unknown>>

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
type Known = Map<object, Map<Shape, boolean>>

interface Memory {
  readonly exact: Known
  /** Without regard to bounds, which a service may not have enforced. */
  readonly loose: Known
}

/**
 * Turns what a model wrote into what the user's schema describes. What does not have the expected shape passes
 * unchanged, for the user's own validation to say what is wrong with it. Recursive: the caller bounds the depth.
 * Throws `RepeatedKey`.
 */
export function decodeShape(
  shape: Shape,
  value: unknown,
  memory: Memory = { exact: new Map(), loose: new Map() },
): unknown {
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
    options.find((option) => fits(option, value, memory.exact, true)) ??
    options.find((option) => option.kind === 'tagged' && isTagged(option.tag, value)) ??
    // People leave the tag out, and so does a service that keeps to no schema.
    options
      .map((option) => (option.kind === 'tagged' ? option.of : option))
      .find((of) => fits(of, value, memory.loose, false))
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

/** Whether a value is one that the strict schema allows, with its bounds or without. */
function fits(shape: Shape, value: unknown, memory: Known, exact: boolean): boolean {
  if (shape.kind === 'scalar')
    return fitsScalar(shape.type, shape.values, value) && (!exact || meets(shape.bounds, value))
  if (typeof value !== 'object' || value === null) return fitsInside(shape, value, memory, exact)
  let known = memory.get(value)
  if (known === undefined) memory.set(value, (known = new Map()))
  let answer = known.get(shape)
  if (answer === undefined) known.set(shape, (answer = fitsInside(shape, value, memory, exact)))
  return answer
}

function fitsScalar(type: ScalarType, values: readonly unknown[] | null, value: unknown): boolean {
  if (values !== null) return values.includes(value)
  if (type === 'null') return value === null
  return type === 'integer' ? Number.isInteger(value) : typeof value === type
}

function fitsInside(
  shape: Exclude<Shape, { kind: 'scalar' }>,
  value: unknown,
  memory: Known,
  exact: boolean,
): boolean {
  if ('bounds' in shape && exact && !meets(shape.bounds, value)) return false

  switch (shape.kind) {
    case 'object':
      return isObject(value) && fitsFields([...shape.fields], value, memory, exact)
    case 'list':
      return Array.isArray(value) && value.every((item) => fits(shape.item, item, memory, exact))
    case 'record':
      return isEntries(value) && value.every((entry) => fits(shape.entry, entry.value, memory, exact))
    case 'tuple': {
      const fields = shape.items.map((field, index): [string, Field] => [tupleKey(index), field])
      if (shape.rest !== null)
        fields.push(['rest', { shape: { kind: 'list', item: shape.rest }, nullMeansAbsent: false }])
      return isObject(value) && fitsFields(fields, value, memory, exact)
    }
    case 'union':
      return shape.options.some((option) => fits(option, value, memory, exact))
    case 'tagged':
      return (
        isTagged(shape.tag, value) &&
        Object.keys(value).length === 2 &&
        fits(shape.of, own(value, taggedKey), memory, exact)
      )
    case 'reference':
    default:
      return fits(shape.shape, value, memory, exact)
  }
}

function fitsFields(
  fields: readonly (readonly [string, Field])[],
  value: object,
  memory: Known,
  exact: boolean,
): boolean {
  if (Object.keys(value).length !== fields.length) return false
  return fields.every(([key, field]) => {
    const item = own(value, key)
    return (
      (item === null && field.nullMeansAbsent) ||
      (item !== undefined && fits(field.shape, item, memory, exact))
    )
  })
}

/** Formats and whatever else has no word here are taken as met. */
function meets(bounds: Bounds | undefined, value: unknown): boolean {
  if (bounds === undefined) return true
  const size = Array.isArray(value) ? value.length : value
  return Object.entries(bounds).every(([keyword, bound]) => {
    if (typeof bound === 'string')
      return keyword !== 'pattern' || typeof value !== 'string' || new RegExp(bound, 'u').test(value)
    return typeof bound !== 'number' || typeof size !== 'number' || isWithin(keyword, bound, size)
  })
}

function isWithin(keyword: string, bound: number, size: number): boolean {
  switch (keyword) {
    case 'minimum':
    case 'minItems':
      return size >= bound
    case 'maximum':
    case 'maxItems':
      return size <= bound
    case 'exclusiveMinimum':
      return size > bound
    case 'exclusiveMaximum':
      return size < bound
    case 'multipleOf':
      return Math.abs(Math.round(size / bound) * bound - size) < 1e-9
    default:
      return true
  }
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
