import { ownValue } from '../../domain/own-value.ts'

/** A small value that fits a strict JSON Schema, for rehearsing a sink: the shortest of everything. */
export function exampleOf(
  schema: Readonly<Record<string, unknown>>,
  root: Readonly<Record<string, unknown>> = schema,
  depth = 0,
): unknown {
  if (depth > 32) return null
  const reference = schema['$ref']
  if (typeof reference === 'string') return exampleOf(resolve(root, reference), root, depth + 1)
  if ('const' in schema) return schema['const']
  const choices = schema['enum']
  if (Array.isArray(choices)) return choices[0]
  const variants = schema['anyOf']
  if (Array.isArray(variants)) {
    const kept = variants.filter(isObject)
    const [first] = kept.toSorted((a, b) => Number(a['type'] === 'null') - Number(b['type'] === 'null'))
    return first ? exampleOf(first, root, depth + 1) : null
  }
  const type = Array.isArray(schema['type']) ? schema['type'][0] : schema['type']
  switch (type) {
    case 'object': {
      const properties = isObject(schema['properties']) ? schema['properties'] : {}
      return Object.fromEntries(
        Object.entries(properties).map(([name, part]) => [
          name,
          isObject(part) ? exampleOf(part, root, depth + 1) : null,
        ]),
      )
    }
    case 'array':
      return Array.from({ length: Number(schema['minItems'] ?? 1) }, () =>
        isObject(schema['items']) ? exampleOf(schema['items'], root, depth + 1) : null,
      )
    case 'string':
      return text(schema)
    case 'integer':
    case 'number':
      return Number(schema['minimum'] ?? schema['exclusiveMinimum'] ?? 1)
    case 'boolean':
      return true
    default:
      return null
  }
}

const formats: Readonly<Record<string, string>> = {
  'date-time': '2026-01-01T00:00:00Z',
  date: '2026-01-01',
  time: '00:00:00Z',
  email: 'someone@example.org',
  uuid: '00000000-0000-4000-8000-000000000000',
}

function text(schema: Readonly<Record<string, unknown>>): string {
  const format = ownValue(formats, String(schema['format']))
  if (format !== undefined) return format
  const atLeast = Number(schema['minLength'] ?? 0)
  return 'example '.repeat(Math.ceil(Math.max(atLeast, 7) / 8)).slice(0, Math.max(atLeast, 7))
}

function resolve(
  root: Readonly<Record<string, unknown>>,
  reference: string,
): Readonly<Record<string, unknown>> {
  let at: unknown = root
  for (const part of reference.replace(/^#\/?/, '').split('/').filter(Boolean))
    at = isObject(at) ? ownValue(at, part) : undefined
  return isObject(at) ? at : {}
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
