import { ownValue } from '../../domain/own-value.ts'
import { exampleOf } from './example.ts'

type Json = Readonly<Record<string, unknown>>

const deepest = 32
const mostItems = 20
const mostCharacters = 100_000
/** The range of 32 bits and more is what validators give to any whole number, and nobody's choice. */
const widest = 2 ** 31 - 1

/**
 * A value that fits a JSON Schema and is as long as its bounds allow: texts of their `maxLength`, the longest option,
 * numbers at their farthest bound. Texts without a bound have `unbounded` characters, where that is any, and numbers have decimals then. What it does not know how to make
 * (a `pattern`) it makes short, and may not fit.
 */
export function longestOf(schema: Json, unbounded: number, root: Json = schema, depth = 0): unknown {
  if (depth > deepest) return null
  const longest = (part: unknown): unknown =>
    isObject(part) ? longestOf(part, unbounded, root, depth + 1) : null
  const reference = schema['$ref']
  if (typeof reference === 'string') return longest(resolve(root, reference))
  if ('const' in schema) return schema['const']
  const { enum: choices, anyOf, oneOf, properties, items, maxItems, minItems } = schema
  if (Array.isArray(choices)) return longerOf(choices)
  const options = Array.isArray(anyOf) ? anyOf : Array.isArray(oneOf) ? oneOf : null
  if (options) return longerOf(options.map(longest))
  const types = Array.isArray(schema['type']) ? schema['type'] : [schema['type']]
  switch (types.find((type) => type !== 'null')) {
    case 'object':
      return Object.fromEntries(
        Object.entries(isObject(properties) ? properties : {}).map(([name, part]) => [name, longest(part)]),
      )
    case 'array':
      return Array.from({ length: Math.min(mostItems, Number(maxItems ?? minItems ?? 1)) }, () =>
        longest(items),
      )
    case 'string':
      return 'format' in schema || 'pattern' in schema
        ? exampleOf(schema)
        : textOf(Number(schema['maxLength'] ?? Math.max(unbounded, Number(schema['minLength'] ?? 0))))
    case 'integer':
      return farthest(schema)
    case 'number':
      return unbounded > 0 ? fractionAt(schema) : farthest(schema)
    default:
      return exampleOf(schema, root)
  }
}

/** Words of so many characters, with no space at its ends. */
export function textOf(characters: number): string {
  const length = Math.min(characters, mostCharacters)
  return 'example '
    .repeat(Math.ceil(length / 8))
    .slice(0, length)
    .replace(/ $/, 's')
}

function farthest(schema: Json): unknown {
  const { maximum, exclusiveMaximum, minimum, exclusiveMinimum, multipleOf } = schema
  const step = typeof multipleOf === 'number' ? multipleOf : 1
  const bounds = [
    maximum,
    typeof exclusiveMaximum === 'number' ? exclusiveMaximum - step : null,
    minimum,
    typeof exclusiveMinimum === 'number' ? exclusiveMinimum + step : null,
  ].filter((bound): bound is number => typeof bound === 'number' && Math.abs(bound) < widest)
  const [first] = bounds.toSorted((one, other) => Math.abs(other) - Math.abs(one))
  return first ?? 1
}

/** A number with more decimals than most columns keep, where the schema lets it have any. */
function fractionAt(schema: Json): unknown {
  const { maximum, exclusiveMaximum, minimum, exclusiveMinimum, multipleOf } = schema
  const near = farthest(schema)
  if (typeof near !== 'number' || multipleOf !== undefined) return near
  const least = Math.max(
    ...[minimum, exclusiveMinimum].map((bound) => (typeof bound === 'number' ? bound : -Infinity)),
  )
  const most = Math.min(
    ...[maximum, exclusiveMaximum].map((bound) => (typeof bound === 'number' ? bound : Infinity)),
  )
  return [near + 1 / 3, near - 1 / 3].find((number) => number > least && number < most) ?? near
}

function longerOf(values: readonly unknown[]): unknown {
  const lengthOf = (value: unknown): number => JSON.stringify(value)?.length ?? 0
  return values.toSorted((one, other) => lengthOf(other) - lengthOf(one))[0] ?? null
}

function resolve(root: Json, reference: string): unknown {
  let at: unknown = root
  for (const part of reference.replace(/^#\/?/, '').split('/').filter(Boolean))
    at = isObject(at) ? ownValue(at, part) : undefined
  return at
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
