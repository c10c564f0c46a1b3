import { type Json, type JsonObject, isArray, isObject } from '../../../core/json.ts'

/** OpenAI guide, Structured outputs, "Supported schemas" (2025; before it was 5 levels, 100 properties, 500 values). */
const maxLevels = 10
const maxProperties = 5000
const maxEnumValues = 1000
const maxStringChars = 120_000
/** The same page: an enum of more than 250 strings has a limit of its own. */
const largeEnumValues = 250
const maxLargeEnumChars = 15_000

interface Size {
  /** Objects inside each other, the root included; a definition starts anew. */
  levels: number
  properties: number
  enumValues: number
  /** Names of properties and definitions, values of enums and constants. */
  chars: number
  largeEnumChars: number
}

/**
 * The limit that a strict schema is above, in the words of the service, or `null`. Levels and properties are said as
 * observed; how the others are said nobody has reported.
 */
export function strictLimitError(schema: JsonObject): string | null {
  const size: Size = { levels: 0, properties: 0, enumValues: 0, chars: 0, largeEnumChars: 0 }
  measure(schema, 0, size)
  if (size.levels > maxLevels) return `${size.levels} levels of nesting exceeds limit of ${maxLevels}.`
  if (size.properties > maxProperties) {
    return `${size.properties} parameters exceeds limit of ${maxProperties}.`
  }
  if (size.enumValues > maxEnumValues) {
    return `Expected at most ${maxEnumValues} enum values in total within a schema. Found ${size.enumValues}.`
  }
  if (size.largeEnumChars > maxLargeEnumChars) {
    return `${size.largeEnumChars} characters of one enum exceeds limit of ${maxLargeEnumChars}.`
  }
  if (size.chars > maxStringChars) {
    return `${size.chars} characters of names and values exceeds limit of ${maxStringChars}.`
  }
  return null
}

function measure(node: Json | undefined, level: number, size: Size): void {
  if (!isObject(node)) return
  const { properties, items, anyOf } = node
  for (const key of ['$defs', 'definitions']) {
    const group = node[key]
    if (!isObject(group)) continue
    for (const [name, child] of Object.entries(group)) {
      size.chars += name.length
      measure(child, 0, size)
    }
  }
  measureValues(node, size)
  const inside = isObject(properties) ? level + 1 : level
  size.levels = Math.max(size.levels, inside)
  for (const [name, child] of Object.entries(isObject(properties) ? properties : {})) {
    size.properties += 1
    size.chars += name.length
    measure(child, inside, size)
  }
  measure(items, inside, size)
  for (const branch of isArray(anyOf) ? anyOf : []) measure(branch, inside, size)
}

function measureValues(node: JsonObject, size: Size): void {
  const values = isArray(node['enum']) ? node['enum'] : []
  const chars = sumOfLengths(values)
  size.enumValues += values.length
  size.chars += chars + sumOfLengths([node['const'] ?? null])
  if (values.length > largeEnumValues) size.largeEnumChars = Math.max(size.largeEnumChars, chars)
}

function sumOfLengths(values: readonly Json[]): number {
  return values.reduce<number>((sum, value) => sum + (typeof value === 'string' ? value.length : 0), 0)
}
