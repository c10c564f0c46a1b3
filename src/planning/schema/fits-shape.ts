import {
  tagKey,
  taggedKey,
  tupleKey,
  type Bounds,
  type Field,
  type ScalarType,
  type Shape,
} from './wire-shape.ts'

/** Results of `fits` during one decoding, so that nested unions cost no more than their size. */
export type Known = Map<object, Map<Shape, boolean>>

/** Whether a value is one that the strict schema allows, with its bounds or without. */
export function fits(shape: Shape, value: unknown, memory: Known, exact: boolean): boolean {
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

export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function isTagged(tag: string, value: unknown): value is object {
  return isObject(value) && own(value, tagKey) === tag && Object.hasOwn(value, taggedKey)
}

export function isEntries(
  value: unknown,
): value is readonly { readonly key: string; readonly value: unknown }[] {
  return (
    Array.isArray(value) &&
    value.every(
      (entry) => isObject(entry) && typeof own(entry, 'key') === 'string' && Object.hasOwn(entry, 'value'),
    )
  )
}

export function own(value: object, key: string): unknown {
  return Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined
}
