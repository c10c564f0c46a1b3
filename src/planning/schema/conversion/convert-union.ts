import { flat, note, noteOnlyJudged, refuse, told, type Conversion, type Converted } from './conversion.ts'
import { areExclusive, fixedValues, type KeyedOption, putFirst, tellApart } from './first-keys.ts'
import { asJson, closedObject, isNever, joinPath, listOf, optionsOf, type Json } from '../json-schema.ts'
import { tagKey, taggedKey, tupleKey } from '../wire-shape.ts'

/** A union of these options, told apart where they begin alike. Throws E_SCHEMA naming the path. */
export function convertUnion(
  conversion: Conversion,
  schema: Json,
  given: readonly unknown[],
  path: string,
): Converted {
  const options = given
    .map((option) => (asJson(option)?.['allOf'] === undefined ? option : target(conversion, option, path)))
    .filter((option) => !isNever(option))
  if (options.length === 0) throw refuse(conversion, path, 'no value at all')
  if ('oneOf' in schema) noteOneOf(conversion, options, path)
  const converted = apart(conversion, options, path)
  return {
    form: { anyOf: converted.map(({ form }) => form), ...told(conversion, schema, path, null) },
    shape: { kind: 'union', options: converted.map(({ shape }) => shape) },
  }
}

/** Only one of the options may fit, which is told by nothing unless they exclude each other. */
function noteOneOf(conversion: Conversion, options: readonly unknown[], path: string): void {
  note(conversion, path, 'oneOf sent as anyOf')
  const plain = options.map((option) => target(conversion, option, path) ?? {})
  if (areExclusive(plain)) return
  noteOnlyJudged(conversion, path, 'only one of its options')
}

function apart(conversion: Conversion, options: readonly unknown[], path: string): readonly Converted[] {
  const objects = options.flatMap((option, at) => {
    const keyed = keysOf(conversion, option, path)
    return keyed === null ? [] : [{ at, option, keyed }]
  })
  const way = tellApart(objects.map(({ keyed }) => keyed))
  const place = new Map(objects.map(({ at }, index) => [at, index]))
  const keys = way.how === 'reordered' ? way.keys : []
  const isPossible = objects.every(({ option }, index) => mayBegin(conversion, option, keys[index], path))
  const isTagged = way.how === 'tagged' || !isPossible
  if (isTagged) {
    note(conversion, path, `options that begin alike, told apart by a field \`${tagKey}\``)
    conversion.changed = true
  } else if (way.how === 'reordered')
    note(conversion, path, `options that begin alike, written with ${listed(keys)} first`)
  return options.map((option, at) => {
    const made = conversion.convert(conversion, option, path)
    const index = place.get(at)
    if (index === undefined) return made
    if (isTagged) return tagged(made, String(index + 1))
    const key = keys[index]
    if (key !== undefined && made.form['type'] === 'object') putFirst(made.form, key)
    return made
  })
}

function listed(keys: readonly string[]): string {
  return [...new Set(keys)].map((key) => `\`${key}\``).join(', ')
}

function tagged({ form, shape }: Converted, tag: string): Converted {
  return {
    form: closedObject([
      [tagKey, { type: 'string', enum: [tag] }],
      [taggedKey, form],
    ]),
    shape: { kind: 'tagged', tag, of: shape },
  }
}

/** Whether a key may be the first of an option: a definition has but one order, wherever it is named. */
function mayBegin(conversion: Conversion, option: unknown, key: string | undefined, path: string): boolean {
  const named = asJson(option)?.['$ref']
  const node = typeof named === 'string' ? target(conversion, option, path) : null
  if (key === undefined || node === null) return true
  const before = conversion.firstKeys.get(node)
  conversion.firstKeys.set(node, before ?? key)
  return before === undefined || before === key
}

/** The schema that an option is or names; null: it is none. */
function target(conversion: Conversion, option: unknown, path: string): Json | null {
  const seen = new Set<unknown>()
  let schema = asJson(option)
  while (schema !== null && typeof schema['$ref'] === 'string' && !seen.has(schema)) {
    seen.add(schema)
    schema = conversion.references.resolve(schema['$ref'])
  }
  return schema === null ? null : schema['allOf'] === undefined ? schema : flat(conversion, schema, path)
}

/** The keys of an option whose strict form is an object; null: it is another kind of value. */
function keysOf(conversion: Conversion, option: unknown, path: string): KeyedOption | null {
  const schema = target(conversion, option, path)
  if (schema === null || optionsOf(schema) !== null) return null
  const positions = listOf(schema['prefixItems']) ?? listOf(schema['items'])
  if (positions !== null)
    return keyed(
      conversion,
      positions.map((each, at) => [tupleKey(at), each] as const),
      path,
    )
  const isObject = schema['type'] === 'object' || (schema['type'] === undefined && 'properties' in schema)
  const properties = Object.entries(asJson(schema['properties']) ?? {})
  if (!isObject || (properties.length === 0 && typeof schema['additionalProperties'] === 'object'))
    return null
  const required = listOf(schema['required']) ?? []
  const there = properties.filter(([key, property]) => required.includes(key) || !isNever(property))
  return keyed(conversion, there, path, required)
}

function keyed(
  conversion: Conversion,
  fields: readonly (readonly [string, unknown])[],
  path: string,
  required?: readonly unknown[],
): KeyedOption {
  const fixed = new Map<string, readonly unknown[]>()
  for (const [key, field] of fields) {
    const values = fixedValues(target(conversion, field, joinPath(path, key)) ?? {})
    // One that may be absent may be null, in each of the options.
    if (values !== null && (required?.includes(key) ?? true)) fixed.set(key, values)
  }
  return { keys: fields.map(([key]) => key), fixed }
}
