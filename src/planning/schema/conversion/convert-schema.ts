import { convertList } from './convert-list.ts'
import { convertObject } from './convert-object.ts'
import { convertUnion } from './convert-union.ts'
import { boundsIn, flat, refuse, told, type Conversion, type Converted } from './conversion.ts'
import {
  asJson,
  isNever,
  isStructural,
  listOf,
  optionsOf,
  refusedKeywords,
  type Json,
  type MutableJson,
} from '../json-schema.ts'
import { Unmergeable } from './merge-schemas.ts'
import type { ScalarType } from '../wire-shape.ts'

/** The strict form of one part of a schema. Throws E_SCHEMA naming its path. */
export function convert(conversion: Conversion, raw: unknown, path: string): Converted {
  const given = asJson(raw)
  if (isNever(raw)) throw refuse(conversion, path, 'no value at all')
  if (given === null) throw refuse(conversion, path, 'any value at all')
  const schema = flat(conversion, given, path)
  if (isNever(schema)) throw refuse(conversion, path, 'no value at all')
  for (const keyword of refusedKeywords) {
    if (keyword in schema) throw refuse(conversion, path, `the keyword ${keyword}`)
  }
  if (typeof schema['$ref'] === 'string') return convertReference(conversion, schema, schema['$ref'], path)
  const options = optionsOf(schema)
  if (options !== null) return convertOptions(conversion, schema, options, path)
  if ('const' in schema || listOf(schema['enum']) !== null) return convertValues(conversion, schema, path)
  const types = listOf(schema['type'])
  if (types !== null) {
    const { description, ...rest } = schema
    return convertUnion(
      conversion,
      { description },
      types.map((type) => ({ ...rest, type })),
      path,
    )
  }
  return convertType(conversion, schema, path)
}

function convertType(conversion: Conversion, schema: Json, path: string): Converted {
  const type: unknown = schema['type'] ?? impliedType(schema)
  switch (type) {
    case 'string':
    case 'number':
    case 'integer':
    case 'boolean':
    case 'null':
      // What such a text stands for is no text.
      if (schema['format'] === 'binary' || schema['contentEncoding'] === 'binary')
        throw refuse(conversion, path, 'a file')
      return convertScalar(conversion, schema, type, path)
    case 'array':
      return convertList(conversion, schema, path)
    case 'object':
      return convertObject(conversion, schema, path)
    default:
      throw refuse(conversion, path, type === null ? 'any value at all' : `the type ${JSON.stringify(type)}`)
  }
}

/** Of a schema without a type, as people write them: one that its keywords are about. Other types fit it as well. */
function impliedType(schema: Json): string | null {
  if ('properties' in schema || 'required' in schema) return 'object'
  return 'items' in schema || 'prefixItems' in schema ? 'array' : null
}

function convertScalar(conversion: Conversion, schema: Json, type: ScalarType, path: string): Converted {
  const said = told(conversion, schema, path, type)
  return { form: { type, ...said }, shape: { kind: 'scalar', type, values: null, ...boundsIn(said) } }
}

/** A description beside a reference is kept by a union of one, as services take no keyword beside `$ref` itself. */
function convertReference(conversion: Conversion, schema: Json, ref: string, path: string): Converted {
  const { references, root, rootReferences } = conversion
  const node = references.resolve(ref)
  if (node === null) throw refuse(conversion, path, `a reference to ${ref}`)
  const { name, reference } = references.definition(ref, node)
  const form = { $ref: node === root ? '#' : `#/$defs/${name}` }
  if (node === root) rootReferences.push(form)
  const { description } = schema
  return {
    form: typeof description === 'string' && description !== '' ? { anyOf: [form], description } : form,
    shape: reference,
  }
}

/** A union; what is said beside its options holds for each of them. */
function convertOptions(
  conversion: Conversion,
  schema: Json,
  options: readonly unknown[],
  path: string,
): Converted {
  const { anyOf, oneOf, description, ...beside } = schema
  if (anyOf !== undefined && oneOf !== undefined)
    return convert(conversion, { ...beside, description, allOf: [{ anyOf }, { oneOf }] }, path)
  if (!isStructural(beside)) return convertUnion(conversion, schema, options, path)
  try {
    const merged = options.map((option) => mergeInto(conversion, beside, option, path))
    return convertUnion(
      conversion,
      { ...(oneOf === undefined ? { anyOf } : { oneOf }), description },
      merged.filter((option) => !isNever(option)),
      path,
    )
  } catch (thrown) {
    if (thrown instanceof Unmergeable) throw refuse(conversion, path, thrown.message)
    throw thrown
  }
}

function mergeInto(conversion: Conversion, beside: Json, option: unknown, path: string): Json {
  return flat(conversion, { allOf: [beside, option] }, path)
}

/** Fixed values: one enum where all have the same type, else a union of one per type. */
function convertValues(conversion: Conversion, schema: Json, path: string): Converted {
  const named = listOf(schema['enum'])
  const both = 'const' in schema ? [schema['const']] : (named ?? [])
  if (named?.length === 0) throw refuse(conversion, path, 'an empty enum')
  const types = listOf(schema['type']) ?? [schema['type']]
  const values = [...new Set(both)].filter(
    (value) => (named?.includes(value) ?? true) && types.some((type) => hasType(value, type)),
  )
  const byType = Map.groupBy(values, (value) => (value === null ? 'null' : typeof value))
  const options: Converted[] = []
  for (const [type, group] of byType) {
    if (type !== 'string' && type !== 'number' && type !== 'boolean' && type !== 'null') {
      throw refuse(conversion, path, 'a fixed value that is no string, number, boolean or null')
    }
    const form: MutableJson = type === 'null' ? { type } : { type, enum: group }
    options.push({ form, shape: { kind: 'scalar', type, values: group } })
  }
  const [only] = options
  if (only === undefined) throw refuse(conversion, path, 'no value at all')
  const said = told(conversion, schema, path, null)
  return options.length === 1
    ? { form: { ...only.form, ...said }, shape: only.shape }
    : {
        form: { anyOf: options.map((option) => option.form), ...said },
        shape: { kind: 'union', options: options.map((option) => option.shape) },
      }
}

function hasType(value: unknown, type: unknown): boolean {
  if (type === undefined) return true
  if (value === null) return type === 'null'
  return type === 'integer' ? Number.isInteger(value) : type === typeof value || typeof value === 'object'
}
