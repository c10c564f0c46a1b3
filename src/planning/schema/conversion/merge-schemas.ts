import {
  asJson,
  isNever,
  isStructural,
  listOf,
  never,
  optionsOf,
  type Json,
  type MutableJson,
} from '../json-schema.ts'

/** The schema that a reference leads to; null: it leads nowhere. */
export type Resolve = (ref: string) => Json | null

/** How many options two unions may become when a value has to fit both. */
const maxOptions = 64

/** An intersection that cannot be written as one schema; the message says of what. */
export class Unmergeable extends Error {}

/**
 * The same schema without `allOf`, and without keywords beside a `$ref` that bound what it leads to: its parts are made
 * one. What two parts say of one keyword, where no one value says both, stays behind in an `allOf` of bounds. Throws
 * `Unmergeable`.
 */
export function flatten(schema: Json, resolve: Resolve, within: readonly unknown[] = []): Json {
  const { allOf, $ref, ...own } = schema
  const parts = listOf(allOf) ?? []
  if (parts.length === 0 && (typeof $ref !== 'string' || !isBounded(own)))
    return allOf === undefined ? schema : without(schema, 'allOf')
  const [only, second] = parts
  const single = asJson(only)
  if (second === undefined && single !== null && $ref === undefined && !isBounded(own))
    return flatten({ ...own, ...single }, resolve, within)
  const expanded = [own, ...(typeof $ref === 'string' ? [{ $ref }] : []), ...parts].map((part) =>
    expand(part, resolve, within),
  )
  return expanded.reduce((one, other) => merge(one, other))
}

/** Whether a schema says more of a value than what it is called. */
function isBounded(schema: Json): boolean {
  return isStructural(schema) || Object.keys(schema).some((keyword) => Object.hasOwn(joined, keyword))
}

function expand(part: unknown, resolve: Resolve, within: readonly unknown[]): Json {
  if (part === true) return {}
  const schema = asJson(part)
  if (schema === null) return never
  const flat = flatten(schema, resolve, within)
  const { $ref, ...beside } = flat
  if (typeof $ref !== 'string') return flat
  const target = resolve($ref)
  if (target === null) throw new Unmergeable(`a reference to ${$ref}`)
  if (within.includes(target)) throw new Unmergeable('a reference to itself without an end')
  // What a name describes is said where it is named, if it is described there as well.
  return { ...expand(target, resolve, [...within, target]), ...beside }
}

/** How two values of one bound are one. */
const joined: Readonly<Record<string, (one: number, other: number) => number | null>> = {
  minLength: Math.max,
  maxLength: Math.min,
  minimum: Math.max,
  maximum: Math.min,
  exclusiveMinimum: Math.max,
  exclusiveMaximum: Math.min,
  minItems: Math.max,
  maxItems: Math.min,
  minProperties: Math.max,
  maxProperties: Math.min,
  multipleOf: (one, other) => (one % other === 0 ? one : other % one === 0 ? other : null),
  pattern: () => null,
  format: () => null,
  uniqueItems: () => null,
}

/** Described or named otherwise in two parts: the first is kept. */
const annotations = [
  'description',
  'title',
  'default',
  'examples',
  '$id',
  '$schema',
  '$anchor',
  '$comment',
  '$defs',
  'definitions',
]

/** One schema for what fits both; `never` where nothing does. */
export function merge(one: Json, other: Json): Json {
  if (isNever(one) || isNever(other)) return never
  if (isList(one) && isList(other) && (hasPositions(one) || hasPositions(other)) && !same(one, other))
    throw new Unmergeable('an intersection of lists with positions')
  const both: MutableJson = { ...one }
  const left = [...(listOf(one['allOf']) ?? []), ...(listOf(other['allOf']) ?? [])]
  for (const [keyword, value] of Object.entries(other)) {
    if (keyword === 'allOf' || objectKeywords.includes(keyword)) continue
    const mine = both[keyword]
    if (mine === undefined || same(mine, value)) both[keyword] = mine ?? value
    else if (keyword === 'description') both[keyword] = [mine, value].join(' ')
    else if (Object.hasOwn(joined, keyword)) {
      const tight = tightest(keyword, mine, value)
      if (tight === null) left.push({ [keyword]: value })
      else both[keyword] = tight
    } else if (keyword === 'type') both[keyword] = commonTypes(mine, value)
    else if (keyword === 'enum') both[keyword] = listOf(mine)?.filter((each) => listOf(value)?.includes(each))
    else if (keyword === 'items' || keyword === 'propertyNames') both[keyword] = allOf(mine, value)
    else if (keyword === 'const') return never
    else if (keyword === 'anyOf' || keyword === 'oneOf') continue
    else if (!annotations.includes(keyword)) throw new Unmergeable(`an intersection of two ${keyword}`)
  }
  if (listOf(both['type'])?.length === 0) return never
  mergeUnions(both, one, other)
  mergeObjects(both, one, other)
  if (left.length > 0) both['allOf'] = left
  return both
}

function isList(schema: Json): boolean {
  return schema['items'] !== undefined || schema['prefixItems'] !== undefined
}

function hasPositions(schema: Json): boolean {
  return schema['prefixItems'] !== undefined || Array.isArray(schema['items'])
}

function tightest(keyword: string, one: unknown, other: unknown): number | null {
  if (typeof one !== 'number' || typeof other !== 'number') return null
  return joined[keyword]?.(one, other) ?? null
}

function commonTypes(one: unknown, other: unknown): unknown {
  const types = [one, other].map((type) => listOf(type) ?? [type])
  const has = (list: readonly unknown[] | undefined, type: unknown): boolean =>
    list?.includes(type) === true || (type === 'integer' && list?.includes('number') === true)
  const common = [...new Set(types.flat())].filter((type) => types.every((list) => has(list, type)))
  return common.length === 1 ? common[0] : common
}

/** Both unions have to be met: every option of one with every option of the other. */
function mergeUnions(both: MutableJson, one: Json, other: Json): void {
  const [mine, theirs] = [optionsOf(one), optionsOf(other)]
  if (mine === null || theirs === null || same(mine, theirs)) return
  if (mine.length * theirs.length > maxOptions) throw new Unmergeable('an intersection of long unions')
  delete both['oneOf']
  both['anyOf'] = mine.flatMap((first) => theirs.map((second) => allOf(first, second)))
}

const objectKeywords = ['properties', 'required', 'additionalProperties']

function mergeObjects(both: MutableJson, one: Json, other: Json): void {
  const properties = [one, other].map((schema) => asJson(schema['properties']) ?? {})
  const [mine = {}, theirs = {}] = properties
  const names = [...new Set(properties.flatMap((group) => Object.keys(group)))]
  if (names.length > 0 || 'properties' in one || 'properties' in other)
    both['properties'] = Object.fromEntries(
      names.map((name) => [name, allOf(propertyOf(one, mine, name), propertyOf(other, theirs, name))]),
    )
  const required = [one, other].flatMap((schema) => listOf(schema['required']) ?? [])
  if (required.length > 0) both['required'] = [...new Set(required)]
  const [first, second] = [one['additionalProperties'], other['additionalProperties']]
  if (first === undefined && second === undefined) return
  both['additionalProperties'] =
    first === undefined ? second : second === undefined ? first : allOf(first, second)
}

/** What a schema says of a property, named or not: `true` for nothing at all. */
function propertyOf(schema: Json, properties: Json, name: string): unknown {
  return Object.hasOwn(properties, name) ? properties[name] : (schema['additionalProperties'] ?? true)
}

function allOf(one: unknown, other: unknown): unknown {
  if (isNever(one) || isNever(other)) return false
  if (isAnything(one) || same(one, other)) return other
  return isAnything(other) ? one : { allOf: [one, other] }
}

function isAnything(schema: unknown): boolean {
  return schema === true || Object.keys(asJson(schema) ?? never).length === 0
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

function without(schema: Json, keyword: string): Json {
  const { [keyword]: _, ...rest } = schema
  return rest
}
