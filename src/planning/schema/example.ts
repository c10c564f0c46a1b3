import { ownValue } from '../../domain/own-value.ts'

/** A small value that fits a strict JSON Schema, for rehearsing a sink: the shortest of everything. */
export function exampleOf(
  schema: Readonly<Record<string, unknown>>,
  root: Readonly<Record<string, unknown>> = schema,
): unknown {
  return exampleIn(schema, root, 0, 'first')
}

/** Another small value, which differs from `exampleOf` in each place where the schema leaves a choice. */
export function otherExampleOf(schema: Readonly<Record<string, unknown>>): unknown {
  return exampleIn(schema, schema, 0, 'other')
}

type Which = 'first' | 'other'

function exampleIn(
  schema: Readonly<Record<string, unknown>>,
  root: Readonly<Record<string, unknown>>,
  depth: number,
  which: Which,
): unknown {
  if (depth > 32) return null
  const reference = schema['$ref']
  if (typeof reference === 'string') return exampleIn(resolve(root, reference), root, depth + 1, which)
  if ('const' in schema) return schema['const']
  const choices = schema['enum']
  if (Array.isArray(choices)) return which === 'first' ? choices[0] : choices.at(-1)
  const variants = schema['anyOf']
  if (Array.isArray(variants)) {
    const kept = variants.filter(isObject)
    const [first] = kept.toSorted((a, b) => Number(a['type'] === 'null') - Number(b['type'] === 'null'))
    return first ? exampleIn(first, root, depth + 1, which) : null
  }
  const type = Array.isArray(schema['type']) ? schema['type'][0] : schema['type']
  switch (type) {
    case 'object': {
      const properties = isObject(schema['properties']) ? schema['properties'] : {}
      return Object.fromEntries(
        Object.entries(properties).map(([name, part]) => [
          name,
          isObject(part) ? exampleIn(part, root, depth + 1, which) : null,
        ]),
      )
    }
    case 'array':
      return Array.from({ length: Number(schema['minItems'] ?? 1) }, () =>
        isObject(schema['items']) ? exampleIn(schema['items'], root, depth + 1, which) : null,
      )
    case 'string':
      return text(schema, which)
    case 'integer':
    case 'number':
      return Number(schema['minimum'] ?? schema['exclusiveMinimum'] ?? 1) + (which === 'first' ? 0 : 1)
    case 'boolean':
      return which === 'first'
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
const otherFormats: Readonly<Record<string, string>> = {
  'date-time': '2027-02-02T01:01:01Z',
  date: '2027-02-02',
  time: '01:01:01Z',
  email: 'other@example.org',
  uuid: '00000000-0000-4000-8000-000000000001',
}

function text(schema: Readonly<Record<string, unknown>>, which: Which): string {
  const format = ownValue(which === 'first' ? formats : otherFormats, String(schema['format']))
  if (format !== undefined) return format
  const atLeast = Number(schema['minLength'] ?? 0)
  return (which === 'first' ? 'example ' : 'another ')
    .repeat(Math.ceil(Math.max(atLeast, 7) / 8))
    .slice(0, Math.max(atLeast, 7))
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
