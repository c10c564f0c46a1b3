import {
  boundsIn,
  flat,
  leftOutField,
  note,
  noteOnlyJudged,
  refuse,
  told,
  type Conversion,
  type Converted,
} from './conversion.ts'
import { convertField } from './convert-field.ts'
import {
  asJson,
  closedObject,
  isNever,
  joinPath,
  listOf,
  type Json,
  type MutableJson,
} from '../json-schema.ts'
import type { Field } from '../wire-shape.ts'

/** An object of named fields, or one with free keys. Throws E_SCHEMA naming the path. */
export function convertObject(conversion: Conversion, schema: Json, path: string): Converted {
  const names = asJson(schema['propertyNames'])
  const keys = names === null ? null : fixedKeys(flat(conversion, names, path))
  const named = [...Object.keys(asJson(schema['properties']) ?? {}), ...(listOf(schema['required']) ?? [])]
  if (keys !== null && named.some((key) => !keys.some((each) => each === key)))
    throw refuse(conversion, path, 'named keys next to others that are all it has')
  const patterns = Object.entries(asJson(schema['patternProperties']) ?? {})
  const values = schema['additionalProperties']
  const declared = keys?.map((key) => [key, values] as const) ?? declaredFields(conversion, schema, path)
  if (patterns.length > 0) return convertPatterns(conversion, schema, patterns, path)
  if (keys === null && values !== false && values !== undefined) {
    if (declared.length === 0) return convertRecord(conversion, schema, values, path)
    if (Object.keys(asJson(values) ?? {}).length > 0)
      throw refuse(conversion, path, 'free keys next to named ones')
    note(conversion, path, 'further keys are not asked for')
  }
  if (keys === null && schema['properties'] === undefined && values === undefined)
    throw refuse(conversion, path, 'an object with any keys')
  return convertFields(conversion, schema, declared, path)
}

/** The keys that an object may have, where they are all named; null: they are not. */
function fixedKeys(names: Json): readonly string[] | null {
  const values = 'const' in names ? [names['const']] : listOf(names['enum'])
  return values?.map(String) ?? null
}

/** The named fields, and those that are only required; of these nothing but `additionalProperties` says what they are. */
function declaredFields(
  conversion: Conversion,
  schema: Json,
  path: string,
): readonly (readonly [string, unknown])[] {
  const properties = asJson(schema['properties']) ?? {}
  const more = (listOf(schema['required']) ?? []).filter(
    (key): key is string => typeof key === 'string' && !Object.hasOwn(properties, key),
  )
  const values = schema['additionalProperties'] ?? true
  for (const key of more)
    if (values === true) throw refuse(conversion, joinPath(path, key), 'any value at all')
  return [...Object.entries(properties), ...more.map((key) => [key, values] as const)]
}

function convertFields(
  conversion: Conversion,
  schema: Json,
  declared: readonly (readonly [string, unknown])[],
  path: string,
): Converted {
  const required = listOf(schema['required']) ?? []
  const forms: [string, MutableJson][] = []
  const fields = new Map<string, Field>()
  for (const [key, property] of declared) {
    if (key === '__proto__') throw leftOutField(joinPath(path, key))
    const optional = !required.includes(key)
    if (optional && isNever(property)) {
      note(conversion, joinPath(path, key), 'never there, not asked for')
      continue
    }
    const { form, field } = convertField(conversion, property, joinPath(path, key), optional)
    forms.push([key, form])
    fields.set(key, field)
  }
  return {
    form: { ...closedObject(forms), ...told(conversion, schema, path, 'object') },
    shape: { kind: 'object', fields },
  }
}

/** A pattern of keys that every key fits. */
const anyKey = /^\^?\(?(?:\.\*)?\)?\$?$/

/** Free keys of one pattern: TypeBox writes all records so. */
function convertPatterns(
  conversion: Conversion,
  schema: Json,
  patterns: readonly (readonly [string, unknown])[],
  path: string,
): Converted {
  const { patternProperties: _, additionalProperties, propertyNames, ...rest } = schema
  const [[pattern, values] = ['', true], second] = patterns
  const isClosed = typeof additionalProperties !== 'object'
  if (
    second !== undefined ||
    !isClosed ||
    propertyNames !== undefined ||
    asJson(schema['properties']) !== null
  ) {
    if (second !== undefined || Object.keys(asJson(schema['properties']) ?? {}).length > 0 || !isClosed)
      throw refuse(conversion, path, 'free keys next to named ones')
  }
  const names = anyKey.test(pattern) ? { type: 'string' } : { type: 'string', pattern }
  return convertRecord(conversion, { ...rest, propertyNames: propertyNames ?? names }, values, path)
}

/** What zod 4 asks of keys that it makes numbers of. */
const numberPattern = String.raw`^-?\d+(?:\.\d+)?$`

/** A list may have a key twice, where an object may not. */
export const onceWords = 'every key once'

function convertRecord(conversion: Conversion, schema: Json, values: unknown, path: string): Converted {
  const place = joinPath(path, '*')
  const entry = conversion.convert(conversion, values, place)
  note(conversion, path, 'record sent as a list of key and value')
  conversion.changed = true
  const names = asJson(schema['propertyNames'])
  const key =
    names === null ? null : conversion.convert(conversion, { type: 'string', ...names }, `${place} (key)`)
  const items = closedObject([
    ['key', key === null ? { type: 'string' } : key.form],
    ['value', entry.form],
  ])
  noteOnlyJudged(conversion, path, onceWords)
  const said = told(conversion, schema, path, 'record')
  return {
    form: { type: 'array', items, ...said },
    shape: {
      kind: 'record',
      entry: entry.shape,
      path,
      areNumbers: names?.['pattern'] === numberPattern,
      ...boundsIn(said),
    },
  }
}
