import { hasFlags } from './pattern-flags.ts'
import { asJson, listOf, type Json, type MutableJson } from './json-schema.ts'

/** A bound that a user's schema sets on a value, and that the bare strict form has no keyword for. */
export interface Constraint {
  readonly path: string
  /** `maxLength 80`. */
  readonly words: string
  /** Whether a service that enforces constraints takes it as a keyword. */
  readonly isSent: boolean
}

const toldKeywords = [
  'minLength',
  'maxLength',
  'pattern',
  'format',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minItems',
  'maxItems',
  'uniqueItems',
  'minProperties',
  'maxProperties',
] as const

type ToldKeyword = (typeof toldKeywords)[number]

/** OpenAI guide, "Structured model outputs", supported properties of numbers and arrays. */
const numberKeywords: readonly string[] = [
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
]
const listKeywords: readonly string[] = ['minItems', 'maxItems']
/** What bounds the entries of a record is said of the list that it is sent as. */
const recordKeywords: Readonly<Record<string, string>> = {
  minProperties: 'minItems',
  maxProperties: 'maxItems',
}
/** The same, supported properties of strings. */
const formats: readonly unknown[] = [
  'date-time',
  'time',
  'date',
  'duration',
  'email',
  'hostname',
  'ipv4',
  'ipv6',
  'uuid',
]
const sentKeywords: readonly string[] = [...numberKeywords, ...listKeywords, 'pattern', 'format']

/** Longer patterns only cost tokens. */
const maxToldPattern = 80
/** The long ones that validators make of dates and the like have made the service fail (vercel/ai, issue 16021). */
const maxSentPattern = 200
/**
 * What only some engines know: the service refuses look-around (vercel/ai, pull request 21037), and nobody has said what
 * it makes of references, names, boundaries and classes of Unicode.
 */
const unsentPattern = /\(\?(?!:)|\\[1-9bBkpPu]/

/** The constraints of a schema as parts of its strict form. */
export interface Bounds {
  /** Keywords for a service that enforces them. */
  readonly keywords: MutableJson
  /** The user's description, with the constraints in brackets; null: neither. */
  readonly description: string | null
  readonly constraints: readonly Omit<Constraint, 'path'>[]
}

/** The constraints of a schema whose strict form has this type (null: a union; `record`: a list of key and value). */
export function boundsOf(schema: Json, type: string | null): Bounds {
  const own = schema['description']
  const description = typeof own === 'string' ? own : ''
  const keywords: MutableJson = {}
  const constraints: { readonly words: string; readonly isSent: boolean }[] = []
  const told: string[] = []
  // What several parts of an intersection say of the same keyword stands in those parts.
  for (const part of [schema, ...(listOf(schema['allOf']) ?? [])]) {
    const bounds = asJson(part) ?? {}
    for (const keyword of toldKeywords) {
      if (!isMeant(bounds, keyword)) continue
      const value = bounds[keyword]
      const isSent = !(keyword in keywords) && isSendable(bounds, keyword, type)
      if (isSent) keywords[recordKeywords[keyword] ?? keyword] = value
      const isTold = keyword !== 'pattern' || isShort(bounds)
      if (isTold) told.push(`${keyword} ${String(value)}`)
      constraints.push({ words: isTold ? `${keyword} ${String(value)}` : 'its pattern', isSent })
    }
  }
  const words = told.length === 0 ? description : `${description} (${told.join(', ')})`.trimStart()
  return { keywords, description: words === '' ? null : words, constraints }
}

function isMeant(schema: Json, keyword: ToldKeyword): boolean {
  const value = schema[keyword]
  // The bounds of what a JavaScript number holds exactly are no wish of the user.
  if (typeof value === 'number') return Math.abs(value) !== Number.MAX_SAFE_INTEGER
  return typeof value === 'string' || value === true
}

/** A format says more to a model than the pattern that a validator makes of it. */
function isShort({ pattern, format }: Json): boolean {
  return typeof pattern === 'string' && pattern.length <= maxToldPattern && format === undefined
}

function isSendable(schema: Json, keyword: ToldKeyword, type: string | null): boolean {
  const value = schema[keyword]
  if (numberKeywords.includes(keyword))
    return typeof value === 'number' && (type === 'number' || type === 'integer')
  if (listKeywords.includes(keyword)) return typeof value === 'number' && type === 'array'
  if (keyword in recordKeywords) return typeof value === 'number' && type === 'record'
  if (type !== 'string') return false
  if (keyword === 'format') return formats.includes(value)
  if (keyword !== 'pattern' || typeof value !== 'string' || formats.includes(schema['format'])) return false
  return value.length <= maxSentPattern && !unsentPattern.test(value) && !hasFlags(value)
}

/** The form without the constraints that only some services take; the same object where it has none. */
export function withoutConstraints(form: Json): Json {
  let changed = false
  const bare: MutableJson = {}
  const inner = (part: unknown): unknown => {
    const schema = asJson(part)
    const less = schema === null ? part : withoutConstraints(schema)
    changed ||= less !== part
    return less
  }
  for (const [keyword, value] of Object.entries(form)) {
    if (sentKeywords.includes(keyword)) changed = true
    else if (keyword === 'properties' || keyword === '$defs')
      bare[keyword] = mapValues(asJson(value) ?? {}, inner)
    else if (keyword === 'anyOf') bare[keyword] = listOf(value)?.map(inner)
    else bare[keyword] = keyword === 'items' ? inner(value) : value
  }
  return changed ? bare : form
}

/** Entry by entry, as a property may be called `__proto__`. */
function mapValues(group: Json, change: (value: unknown) => unknown): Json {
  return Object.fromEntries(Object.entries(group).map(([name, value]) => [name, change(value)]))
}

/** Whether the bounds of one schema leave no value. */
export function isEmptyRange(schema: Json): boolean {
  const bound = (keyword: ToldKeyword): number | null => {
    const value = schema[keyword]
    return typeof value === 'number' ? value : null
  }
  const above = (low: number | null, high: number | null): boolean =>
    low !== null && high !== null && low > high
  const least = bound('exclusiveMinimum')
  const most = bound('exclusiveMaximum')
  return (
    above(bound('minLength'), bound('maxLength')) ||
    above(bound('minItems'), bound('maxItems')) ||
    above(bound('minProperties'), bound('maxProperties')) ||
    above(bound('minimum'), bound('maximum')) ||
    (least !== null &&
      (above(least, most) ||
        least === most ||
        least === bound('maximum') ||
        above(least, bound('maximum')))) ||
    (most !== null && (most === bound('minimum') || above(bound('minimum'), most)))
  )
}
