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

/** Keywords that change which values are valid in ways that nothing here can follow. */
export const refusedKeywords = [
  'not',
  'if',
  'dependentSchemas',
  'dependentRequired',
  'dependencies',
  'contains',
] as const

/** Keywords that say which kind of value there is, and of what parts; the others bound or describe one. */
const structuralKeywords = [
  'type',
  'properties',
  'required',
  'additionalProperties',
  'patternProperties',
  'propertyNames',
  'items',
  'prefixItems',
  'enum',
  'const',
  'anyOf',
  'oneOf',
  'allOf',
  ...refusedKeywords,
] as const

export type Json = Readonly<Record<string, unknown>>
export type MutableJson = Record<string, unknown>

/** A schema that no value fits. */
export const never: Json = { not: {} }

export function isNever(schema: unknown): boolean {
  if (schema === false) return true
  const not = asJson(schema)?.['not']
  return not === true || (isJson(not) && Object.keys(not).length === 0)
}

export function isStructural(schema: Json): boolean {
  return structuralKeywords.some((keyword) => schema[keyword] !== undefined)
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

/** The options of a union; null: the schema is none. */
export function optionsOf(schema: Json): readonly unknown[] | null {
  return listOf(schema['anyOf']) ?? listOf(schema['oneOf'])
}

export function joinPath(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`
}
