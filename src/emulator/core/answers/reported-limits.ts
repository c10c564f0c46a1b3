import type { JsonObject } from '../json.ts'

const numberKeywords: readonly string[] = [
  'minLength',
  'maxLength',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minItems',
  'maxItems',
]
const boundPattern = new RegExp(String.raw`\b(${numberKeywords.join('|')}) (-?\d+(?:\.\d+)?)`, 'g')
const formatPattern = /\bformat ([a-z][a-z-]*)/

/**
 * The schema with the bounds that its description tells, as strict schemas may not state them: a description that ends
 * in `(minimum 1, maximum 10)`. What the schema itself states stays.
 */
export function withReportedLimits(schema: JsonObject): JsonObject {
  const { description } = schema
  if (typeof description !== 'string' || !description.endsWith(')')) return schema
  const told = description.slice(description.lastIndexOf('('))
  const bounds = [...told.matchAll(boundPattern)].map(
    ([, name = '', value]) => [name, Number(value)] as const,
  )
  const format = formatPattern.exec(told)?.[1]
  return { ...(format === undefined ? {} : { format }), ...Object.fromEntries(bounds), ...schema }
}
