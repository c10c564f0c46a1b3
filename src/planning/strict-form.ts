import { OffpeakError } from '../domain/errors.ts'
import {
  asJson,
  closedObject,
  constraints,
  joinPath,
  listOf,
  refusedKeywords,
  type Json,
  type MutableJson,
} from './json-schema.ts'
import { nothing, tupleKey, type Field, type Reference, type ScalarType, type Shape } from './wire-shape.ts'

export interface StrictForm {
  readonly form: Json
  readonly rewrites: readonly string[]
  readonly shape: Shape
  /** Whether the form has the user's schema in a field `value`, as the root must be an object. */
  readonly wrapped: boolean
  /** Whether an answer has to be decoded at all. */
  readonly changed: boolean
}

interface Converted {
  readonly form: MutableJson
  readonly shape: Shape
}

interface Conversion {
  readonly root: Json
  /** Why the validator itself refused, when that is already known. */
  readonly reason: string | null
  readonly rewrites: string[]
  readonly references: Map<string, Reference>
  /** The forms that refer to the root, which moves when it is wrapped. */
  readonly rootReferences: MutableJson[]
  changed: boolean
}

/** Converts a JSON Schema (draft 2020-12) into the strict form. Throws E_SCHEMA naming the path of what it cannot express. */
export function strictForm(root: Json, reason: string | null): StrictForm {
  const conversion: Conversion = {
    root,
    reason,
    rewrites: [],
    references: new Map(),
    rootReferences: [],
    changed: false,
  }
  const converted = convert(conversion, resolveRoot(conversion), '')
  referenceTo(conversion, '#').shape = converted.shape
  // A definition may be called `__proto__`.
  const defs: MutableJson = Object.create(null)
  for (const [name, definition] of Object.entries(asJson(root['$defs']) ?? {})) {
    const made = convert(conversion, definition, `$defs.${name}`)
    defs[name] = made.form
    referenceTo(conversion, `#/$defs/${name}`).shape = made.shape
  }
  for (const [pointer, reference] of conversion.references) refuseEndless(conversion, pointer, reference)
  const wrapped = converted.form['type'] !== 'object'
  const form = wrapped ? wrap(conversion, converted.form, defs) : converted.form
  if (Object.keys(defs).length > 0) form['$defs'] = defs
  const { rewrites, changed } = conversion
  return { form, rewrites, shape: converted.shape, wrapped, changed: changed || wrapped }
}

/** A root that only names a definition is that definition. */
function resolveRoot(conversion: Conversion): Json {
  const { root } = conversion
  return typeof root['$ref'] === 'string' ? (definition(conversion, root['$ref']) ?? root) : root
}

function definition(conversion: Conversion, pointer: string): Json | null {
  if (pointer === '#') return conversion.root
  const name = /^#\/\$defs\/([^/]+)$/.exec(pointer)?.[1]
  const defs = asJson(conversion.root['$defs'])
  return name !== undefined && defs !== null && Object.hasOwn(defs, name) ? asJson(defs[name]) : null
}

function wrap(conversion: Conversion, form: MutableJson, defs: MutableJson): MutableJson {
  conversion.rewrites.push('(root): wrapped in an object')
  if (conversion.rootReferences.length === 0) return closedObject([['value', form]])
  let name = 'root'
  while (Object.hasOwn(defs, name)) name += '_'
  defs[name] = form
  for (const reference of conversion.rootReferences) reference['$ref'] = `#/$defs/${name}`
  return closedObject([['value', { $ref: `#/$defs/${name}` }]])
}

function convert(conversion: Conversion, raw: unknown, path: string): Converted {
  const schema = asJson(raw)
  if (schema === null) throw refuse(conversion, path, 'any value at all')
  for (const keyword of refusedKeywords) {
    if (keyword in schema) throw refuse(conversion, path, `the keyword ${keyword}`)
  }
  if (typeof schema['$ref'] === 'string') return convertReference(conversion, schema['$ref'], path)
  const options = listOf(schema['anyOf']) ?? listOf(schema['oneOf'])
  if (options !== null) return convertUnion(conversion, schema, options, path)
  const parts = listOf(schema['allOf'])
  if (parts !== null) return convertParts(conversion, schema, parts, path)
  if ('const' in schema) return convertValues(conversion, schema, [schema['const']], path)
  const values = listOf(schema['enum'])
  if (values !== null) return convertValues(conversion, schema, values, path)
  const types = listOf(schema['type'])
  if (types !== null) {
    const { description, ...rest } = schema
    const each = types.map((type) => ({ ...rest, type }))
    return convertUnion(conversion, { description }, each, path)
  }
  return convertType(conversion, schema, path)
}

function convertType(conversion: Conversion, schema: Json, path: string): Converted {
  switch (schema['type']) {
    case 'string':
    case 'number':
    case 'integer':
    case 'boolean':
    case 'null':
      return convertScalar(conversion, schema, schema['type'], path)
    case 'array':
      return convertList(conversion, schema, path)
    case 'object':
      return convertObject(conversion, schema, path)
    default:
      throw refuse(conversion, path, 'any value at all')
  }
}

function convertScalar(conversion: Conversion, schema: Json, type: ScalarType, path: string): Converted {
  return { form: { type, ...told(conversion, schema, path) }, shape: { kind: 'scalar', type, values: null } }
}

function convertReference(conversion: Conversion, pointer: string, path: string): Converted {
  if (definition(conversion, pointer) === null) throw refuse(conversion, path, `a reference to ${pointer}`)
  const form = { $ref: pointer }
  if (pointer === '#') conversion.rootReferences.push(form)
  return { form, shape: referenceTo(conversion, pointer) }
}

function convertUnion(
  conversion: Conversion,
  schema: Json,
  options: readonly unknown[],
  path: string,
): Converted {
  if ('oneOf' in schema) note(conversion, path, 'oneOf sent as anyOf')
  const converted = options.map((option) => convert(conversion, option, path))
  return union(converted, told(conversion, schema, path))
}

function union(options: readonly Converted[], description: Json): Converted {
  return {
    form: { anyOf: options.map((option) => option.form), ...description },
    shape: { kind: 'union', options: options.map((option) => option.shape) },
  }
}

function convertParts(
  conversion: Conversion,
  schema: Json,
  parts: readonly unknown[],
  path: string,
): Converted {
  const [only, second] = parts
  const { allOf: _, ...rest } = schema
  if (second !== undefined || asJson(only) === null) throw refuse(conversion, path, 'an intersection')
  return convert(conversion, { ...rest, ...asJson(only) }, path)
}

/** Fixed values: one enum where all have the same type, else a union of one per type. */
function convertValues(
  conversion: Conversion,
  schema: Json,
  values: readonly unknown[],
  path: string,
): Converted {
  const byType = Map.groupBy(values, (value) => (value === null ? 'null' : typeof value))
  const options: Converted[] = []
  for (const [type, group] of byType) {
    if (type !== 'string' && type !== 'number' && type !== 'boolean' && type !== 'null') {
      throw refuse(conversion, path, 'a fixed value that is no string, number, boolean or null')
    }
    const form = type === 'null' ? { type } : { type, enum: group }
    options.push({ form, shape: { kind: 'scalar', type, values: group } })
  }
  const description = told(conversion, schema, path)
  const [only] = options
  if (only === undefined) throw refuse(conversion, path, 'an empty enum')
  return options.length === 1
    ? { form: { ...only.form, ...description }, shape: only.shape }
    : union(options, description)
}

function convertList(conversion: Conversion, schema: Json, path: string): Converted {
  const positions = listOf(schema['prefixItems'])
  if (positions !== null) return convertTuple(conversion, schema, positions, path)
  const item = convert(conversion, schema['items'], `${path}[]`)
  return {
    form: { type: 'array', items: item.form, ...told(conversion, schema, path) },
    shape: { kind: 'list', item: item.shape },
  }
}

function convertTuple(
  conversion: Conversion,
  schema: Json,
  positions: readonly unknown[],
  path: string,
): Converted {
  note(conversion, path, 'tuple sent as an object')
  conversion.changed = true
  const least = typeof schema['minItems'] === 'number' ? schema['minItems'] : 0
  const properties: [string, MutableJson][] = []
  const items: Field[] = []
  for (const [index, position] of positions.entries()) {
    const { form, field } = convertField(conversion, position, joinPath(path, String(index)), index >= least)
    properties.push([tupleKey(index), form])
    items.push(field)
  }
  const open = asJson(schema['items'])
  const rest = open === null ? null : convert(conversion, open, joinPath(path, 'rest'))
  if (rest !== null) properties.push(['rest', { type: 'array', items: rest.form }])
  const { minItems: _least, maxItems: _most, ...described } = schema
  return {
    form: { ...closedObject(properties), ...told(conversion, described, path) },
    shape: { kind: 'tuple', items, rest: rest === null ? null : rest.shape },
  }
}

function convertObject(conversion: Conversion, schema: Json, path: string): Converted {
  const names = asJson(schema['propertyNames'])
  const keys = names === null ? null : listOf(names['enum'])
  const values = schema['additionalProperties']
  const properties =
    keys === null
      ? asJson(schema['properties'])
      : Object.fromEntries(keys.map((key) => [String(key), values]))
  const declared = Object.entries(properties ?? {})
  if (keys === null && values !== false && values !== undefined) {
    if (declared.length === 0) return convertRecord(conversion, schema, values, path)
    if (Object.keys(asJson(values) ?? {}).length > 0)
      throw refuse(conversion, path, 'free keys beside named ones')
    note(conversion, path, 'further keys are not asked for')
  }
  if (properties === null && values === undefined) throw refuse(conversion, path, 'an object with any keys')
  const required = listOf(schema['required']) ?? []
  const forms: [string, MutableJson][] = []
  const fields = new Map<string, Field>()
  for (const [key, property] of declared) {
    const { form, field } = convertField(conversion, property, joinPath(path, key), !required.includes(key))
    forms.push([key, form])
    fields.set(key, field)
  }
  return {
    form: { ...closedObject(forms), ...told(conversion, schema, path) },
    shape: { kind: 'object', fields },
  }
}

function convertRecord(conversion: Conversion, schema: Json, values: unknown, path: string): Converted {
  const entry = convert(conversion, values, joinPath(path, '*'))
  note(conversion, path, 'record sent as a list of key and value')
  conversion.changed = true
  const items = closedObject([
    ['key', { type: 'string' }],
    ['value', entry.form],
  ])
  return {
    form: { type: 'array', items, ...told(conversion, schema, path) },
    shape: { kind: 'record', entry: entry.shape },
  }
}

/** A field that may be absent is always asked for, and null where the user's value is to lack it. */
function convertField(
  conversion: Conversion,
  raw: unknown,
  path: string,
  optional: boolean,
): { readonly form: MutableJson; readonly field: Field } {
  const { form, shape } = convert(conversion, raw, path)
  if (!optional) return { form, field: { shape, nullMeansAbsent: false } }
  if (takesNull(conversion, raw, [])) {
    note(conversion, path, 'optional, always asked for')
    return { form, field: { shape, nullMeansAbsent: false } }
  }
  note(conversion, path, 'optional, sent as nullable')
  conversion.changed = true
  const { description, ...plain } = form
  const options = listOf(plain['anyOf']) ?? [plain]
  const nullable = {
    anyOf: [...options, { type: 'null' }],
    ...(description === undefined ? {} : { description }),
  }
  return { form: nullable, field: { shape, nullMeansAbsent: true } }
}

function takesNull(conversion: Conversion, raw: unknown, seen: readonly unknown[]): boolean {
  const schema = asJson(raw)
  if (schema === null || seen.includes(raw)) return false
  const inner = (option: unknown): boolean => takesNull(conversion, option, [...seen, raw])
  if (typeof schema['$ref'] === 'string') return inner(definition(conversion, schema['$ref']))
  const options = [
    ...(listOf(schema['anyOf']) ?? []),
    ...(listOf(schema['oneOf']) ?? []),
    ...(listOf(schema['allOf']) ?? []),
  ]
  const types = listOf(schema['type']) ?? [schema['type']]
  return (
    types.includes('null') ||
    schema['const'] === null ||
    (listOf(schema['enum'])?.includes(null) ?? false) ||
    options.some(inner)
  )
}

function referenceTo(conversion: Conversion, pointer: string): Reference {
  let reference = conversion.references.get(pointer)
  if (reference === undefined) {
    reference = { kind: 'reference', shape: nothing }
    conversion.references.set(pointer, reference)
  }
  return reference
}

/** A definition that is only itself again describes no value. */
function refuseEndless(conversion: Conversion, pointer: string, reference: Reference): void {
  const seen = new Set<Shape>()
  const open: Shape[] = [reference.shape]
  for (const shape of open) {
    if (shape === reference) throw refuse(conversion, pointer, 'a reference to itself without an end')
    if (seen.has(shape)) continue
    seen.add(shape)
    if (shape.kind === 'union') open.push(...shape.options)
    if (shape.kind === 'reference') open.push(shape.shape)
  }
}

/** The description that a form keeps, with the constraints that it has no keywords for. */
function told(conversion: Conversion, schema: Json, path: string): Json {
  const { keywords, description } = constraints(schema)
  if (keywords.length > 0) note(conversion, path, `${keywords.join(', ')} told in the description`)
  if ('default' in schema) note(conversion, path, 'default dropped')
  return description === null ? {} : { description }
}

function note(conversion: Conversion, path: string, words: string): void {
  conversion.rewrites.push(`${path === '' ? '(root)' : path}: ${words}`)
}

function refuse(conversion: Conversion, path: string, what: string): OffpeakError {
  const place = path === '' ? 'its root' : path
  const because = conversion.reason === null ? `it allows ${what}` : conversion.reason
  return new OffpeakError(
    'E_SCHEMA',
    `The output schema cannot be sent to a model at ${place}: ${because}.`,
    {
      where: `output, ${place}`,
      fix: 'Describe this part with strings, numbers, booleans, lists and objects of named fields; a date as an ISO string.',
    },
  )
}
