import { z } from 'zod'

const anySchema = z.looseObject({
  $ref: z.string().optional(),
  type: z.union([z.string(), z.array(z.string())]).optional(),
  format: z.string().optional(),
  enum: z.array(z.unknown()).optional(),
  const: z.unknown().optional(),
  default: z.unknown().optional(),
  items: z.unknown().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  additionalProperties: z.unknown().optional(),
  anyOf: z.array(z.unknown()).optional(),
  oneOf: z.array(z.unknown()).optional(),
  allOf: z.array(z.unknown()).optional(),
})

/** A schema of an OpenAPI document in one line of Markdown; named schemas are links to their headings. */
export function schemaText(schema: unknown): string {
  const parsed = anySchema.safeParse(schema)
  if (!parsed.success) return 'any value'
  const { $ref, anyOf, oneOf, allOf, type, enum: choices } = parsed.data
  if ($ref !== undefined) return link($ref.slice($ref.lastIndexOf('/') + 1))
  const options = anyOf ?? oneOf ?? allOf
  if (options !== undefined) return [...new Set(options.map(schemaText))].join(' or ')
  if (parsed.data.const !== undefined) return code(parsed.data.const)
  if (choices !== undefined) return choices.map(code).join(', ')
  const types = type === undefined ? [] : [type].flat()
  const fallback = parsed.data.default
  const text = types.map((name) => typeText(name, parsed.data)).join(' or ')
  return `${text === '' ? 'any value' : text}${fallback === undefined || fallback === null ? '' : `, default ${code(fallback)}`}`
}

function typeText(type: string, schema: z.output<typeof anySchema>): string {
  const { items, properties = {}, additionalProperties, format } = schema
  if (type === 'array') return `list of ${schemaText(items)}`
  if (type === 'string' && format !== undefined) return `string (${format})`
  if (type !== 'object') return type
  const names = Object.keys(properties)
  if (names.length > 0) return `object: ${names.map((name) => `\`${name}\``).join(', ')}`
  const inner = anySchema.safeParse(additionalProperties)
  return inner.success && Object.keys(inner.data).length > 0
    ? `object by name of ${schemaText(additionalProperties)}`
    : 'object'
}

function link(name: string): string {
  return `[${name}](#${name.toLowerCase()})`
}

function code(value: unknown): string {
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``
}
