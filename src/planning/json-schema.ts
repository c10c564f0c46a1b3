/**
 * The keywords of the strict form: what OpenAI, Azure OpenAI and those who follow them all take for structured
 * output (OpenAI guide, "Structured model outputs", supported schemas; Azure OpenAI, "Structured outputs", which
 * lists lengths, bounds, patterns and formats as unsupported).
 */
export const strictKeywords = [
  'type',
  'properties',
  'required',
  'additionalProperties',
  'items',
  'enum',
  'anyOf',
  '$ref',
  '$defs',
  'description',
] as const

/** Constraints that the strict form lacks: the model reads them in the description, the user's schema enforces them. */
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

/** Keywords that change which values are valid in ways that nothing here can follow. */
export const refusedKeywords = [
  'not',
  'if',
  'patternProperties',
  'dependentSchemas',
  'dependentRequired',
  'contains',
] as const

/** Longer patterns only cost tokens. */
const maxToldPattern = 80

export type Json = Readonly<Record<string, unknown>>
export type MutableJson = Record<string, unknown>

/** The told constraints of a schema by keyword, and its description with them in brackets (null: neither). */
export function constraints(schema: Json): {
  readonly keywords: readonly string[]
  readonly description: string | null
} {
  const keywords = toldKeywords.filter((keyword) => isTold(schema, keyword))
  const words = keywords.map((keyword) => `${keyword} ${String(schema[keyword])}`).join(', ')
  const description = typeof schema['description'] === 'string' ? schema['description'] : ''
  const told = words === '' ? description : `${description} (${words})`.trimStart()
  return { keywords, description: told === '' ? null : told }
}

function isTold(schema: Json, keyword: string): boolean {
  const value = schema[keyword]
  if (keyword === 'pattern')
    return typeof value === 'string' && value.length <= maxToldPattern && !('format' in schema)
  // The bounds of what a JavaScript number holds exactly are no wish of the user.
  if (typeof value === 'number') return Math.abs(value) !== Number.MAX_SAFE_INTEGER
  return typeof value === 'string' || value === true
}

/** An object schema in the strict form. */
export function closedObject(properties: readonly (readonly [string, MutableJson])[]): MutableJson {
  return {
    type: 'object',
    properties: Object.fromEntries(properties),
    required: properties.map(([key]) => key),
    additionalProperties: false,
  }
}

export function asJson(value: unknown): Json | null {
  return isJson(value) ? value : null
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function listOf(value: unknown): readonly unknown[] | null {
  return Array.isArray(value) ? value : null
}

export function joinPath(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`
}
