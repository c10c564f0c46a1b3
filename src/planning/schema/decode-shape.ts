import { fits, isEntries, isObject, isTagged, own, type Known } from './fits-shape.ts'
import { RepeatedKey, taggedKey, tupleKey, type Field, type Shape } from './wire-shape.ts'

interface Memory {
  readonly exact: Known
  /** Without regard to bounds, which a service may not have enforced. */
  readonly loose: Known
}

/**
 * A value as the user's schema describes it, from what a model wrote in the strict form. What does not have the
 * expected shape passes unchanged, for the user's own validation to say what is wrong with it. Recursive: the caller
 * bounds the depth. Throws `RepeatedKey`.
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
  { entry, path, areNumbers }: Extract<Shape, { kind: 'record' }>,
  entries: readonly { readonly key: string; readonly value: unknown }[],
  memory: Memory,
): unknown {
  const seen = new Set<string>()
  const decoded = entries.map(({ key, value }) => {
    const same = areNumbers ? String(Number(key)) : key
    if (seen.has(same)) throw new RepeatedKey(path, key)
    seen.add(same)
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
