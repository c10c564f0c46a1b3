import * as fc from 'fast-check'
import { z } from 'zod'

/** Texts that have broken programs. */
export const hostileTexts: readonly string[] = [
  '',
  ' ',
  '\u0000',
  '\u0000x',
  '\ud800',
  '\u202e',
  ...Object.getOwnPropertyNames(Object.prototype),
  '../../etc/passwd',
  '..\\..\\x',
  '%00',
  '%2e%2e%2f',
  "' or 1=1; drop table runs; --",
  '"',
  '${7*7}',
  '<script>alert(1)</script>',
  '\r\nSet-Cookie: a=b',
  '\u001f',
  '%',
  '_',
  '\\',
  'null',
  'NaN',
  '-1',
  '1e309',
  '9'.repeat(30),
  'x'.repeat(2_000),
  '💥'.repeat(300),
  '٣',
  '$1',
  '$-1',
  '$0',
  '$1e9',
  '$9999999999999999',
  '1h',
  '99999999999999d',
]

export const hostileValues: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(...hostileTexts),
  fc.constantFrom(null, true, false, 0, -1, 1.5, 1e300, -0, Number.MAX_SAFE_INTEGER),
  fc.constantFrom([], {}, [[]], { constructor: 1, length: -1 }, [{ a: [{ b: [] }] }]),
  fc.jsonValue({ maxDepth: 4 }),
)

const schema = z.looseObject({
  $ref: z.string().optional(),
  type: z.union([z.string(), z.array(z.string())]).optional(),
  enum: z.array(z.unknown()).optional(),
  const: z.unknown().optional(),
  anyOf: z.array(z.unknown()).optional(),
  allOf: z.array(z.unknown()).optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).optional(),
  items: z.unknown().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  maxLength: z.number().optional(),
})

/** What a project has, so that requests get further than to a 404. */
export interface Names {
  readonly texts: readonly string[]
  /** What fits under a name. */
  readonly named: Readonly<Record<string, readonly string[]>>
}

/** Values that fit a schema of the document, with names that are known where a text is asked for. */
export function fitting(value: unknown, components: unknown, names: Names): fc.Arbitrary<unknown> {
  const parsed = schema.safeParse(value)
  if (!parsed.success) return hostileValues
  const {
    $ref,
    type,
    properties,
    required = [],
    items,
    minimum = -10,
    maximum = 600,
    maxLength = 40,
  } = parsed.data
  const inner = (each: unknown): fc.Arbitrary<unknown> => fitting(each, components, names)
  if ($ref !== undefined) return inner(Reflect.get(Object(components), $ref.split('/').at(-1) ?? ''))
  if (parsed.data.enum !== undefined) return fc.constantFrom(...parsed.data.enum)
  if (parsed.data.const !== undefined) return fc.constant(parsed.data.const)
  const some = parsed.data.anyOf ?? parsed.data.allOf
  if (some !== undefined && some.length > 0) return fc.oneof(...some.map(inner))
  const types = [type].flat()
  if (types.includes('null') && types.length > 1)
    return fc.oneof(fc.constant(null), inner({ ...parsed.data, type: types.find((each) => each !== 'null') }))
  switch (types[0] ?? '') {
    case 'string':
      return fc.oneof(
        { arbitrary: fc.constantFrom(...names.texts), weight: 6 },
        { arbitrary: fc.string({ maxLength }), weight: 1 },
        { arbitrary: fc.constantFrom(...hostileTexts), weight: 1 },
      )
    case 'integer':
      return fc.integer({ min: Math.max(minimum, -1e9), max: Math.min(maximum, 1e9) })
    case 'number':
      return fc.double({ min: minimum, max: maximum, noNaN: true })
    case 'boolean':
      return fc.boolean()
    case 'array':
      return fc.array(inner(items), { maxLength: 4 })
    case 'object': {
      const fields = Object.fromEntries(
        Object.entries(properties ?? {}).map(([name, each]) => [
          name,
          fitting(each, components, { ...names, texts: names.named[name] ?? names.texts }),
        ]),
      )
      return properties === undefined
        ? fc.dictionary(fc.constantFrom(...names.texts, ...hostileTexts), hostileValues, { maxKeys: 3 })
        : fc.record(fields, { requiredKeys: required })
    }
    default:
      return hostileValues
  }
}
