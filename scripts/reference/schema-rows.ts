import { z } from 'zod'

/** One entry of an object that a schema parses. */
export interface SchemaRow {
  /** `api.compat.by`, `notify[].url`, `prices.<name>.{batch,flex}.input`. */
  readonly path: string
  /** What it takes, in Markdown; empty: the schema itself does not say it. */
  readonly takes: string
  readonly required: boolean
  /** As JSON; null: there is none. */
  readonly standard: string | null
}

type Schema = z.core.JSONSchema.BaseSchema

/** The entries that a schema takes, outer ones before those inside them. Equal neighbours are one row. */
export function schemaRows(schema: z.ZodType): readonly SchemaRow[] {
  return rowsIn(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }), '')
}

function rowsIn(schema: Schema, path: string): readonly SchemaRow[] {
  return shapesOf(schema).flatMap((shape) => [
    ...rowsOfProperties(shape, path),
    ...(isSchema(shape.additionalProperties) && Object.keys(shape.additionalProperties).length > 0
      ? rowsIn(shape.additionalProperties, `${path}.<name>`)
      : []),
    ...(isSchema(shape.items) ? rowsIn(shape.items, `${path}[]`) : []),
  ])
}

function rowsOfProperties(shape: Schema, path: string): readonly SchemaRow[] {
  const properties = Object.entries(shape.properties ?? {}).flatMap(([name, inner]) =>
    isSchema(inner) ? [{ name, inner }] : [],
  )
  const alike = Map.groupBy(properties, ({ name, inner }) =>
    inner.properties === undefined ? name : JSON.stringify(inner),
  )
  return [...alike.values()].flatMap((group) => {
    const [first] = group
    if (first === undefined) return []
    const names = group.map(({ name }) => name)
    const name = names.length === 1 ? first.name : `{${names.join(',')}}`
    const place = path === '' ? name : `${path}.${name}`
    const { inner } = first
    return [
      {
        path: place,
        takes: takesOf(inner),
        required: shape.required?.includes(first.name) ?? false,
        standard:
          inner.default === undefined || emptyText.has(JSON.stringify(inner.default))
            ? null
            : JSON.stringify(inner.default),
      },
      ...rowsIn(inner, place),
    ]
  })
}

/** Defaults that say no more than that an entry may be left out. */
const emptyText: ReadonlySet<string> = new Set(['{}', '[]'])

function shapesOf(schema: Schema): readonly Schema[] {
  return (schema.anyOf ?? [schema]).filter(isSchema)
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function takesOf(schema: Schema): string {
  return [...new Set(shapesOf(schema).map(kindOf))].filter((kind) => kind !== '').join(' or ')
}

function kindOf(shape: Schema): string {
  if (shape.const !== undefined) return code(shape.const)
  if (shape.enum !== undefined) return shape.enum.map(code).join(', ')
  // zod writes what may be null as a list of types.
  const types: unknown = shape.type
  if (Array.isArray(types)) return types.map((type) => kindOf({ ...shape, type })).join(' or ')
  switch (shape.type) {
    case 'string':
      return shape.format === 'uri' ? 'a URL' : 'a text'
    case 'boolean':
      return 'a boolean'
    case 'integer':
    case 'number':
      return `${shape.type === 'integer' ? 'an integer' : 'a number'}${bounds(shape)}`
    case 'null':
      return code(null)
    case 'array':
      return isSchema(shape.items) && shape.items.properties === undefined
        ? `a list of: ${takesOf(shape.items)}`
        : 'a list of objects'
    case 'object':
      return shape.properties === undefined ? 'an object by name' : 'an object'
    case undefined:
      break
  }
  return ''
}

function bounds({ minimum, exclusiveMinimum, maximum }: Schema): string {
  const isSafe = maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER
  if (minimum !== undefined && isSafe) return ` from ${minimum} to ${maximum}`
  if (exclusiveMinimum !== undefined) return ` above ${exclusiveMinimum}`
  return minimum === undefined || minimum === Number.MIN_SAFE_INTEGER ? '' : `, ${minimum} or more`
}

function code(value: unknown): string {
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``
}
