import { type Json, type JsonObject, isArray, isObject, shown, ownValue } from '../../../core/json.ts'
import { strictLimitError } from './strict-limits.ts'

/** Keywords that strict mode has no place for (OpenAI guide, Structured outputs, "Supported schemas"). */
const refusedKeywords: readonly string[] = [
  'allOf',
  'oneOf',
  'not',
  'if',
  'then',
  'else',
  'dependentRequired',
  'dependentSchemas',
  'default',
  'patternProperties',
  'propertyNames',
  'unevaluatedProperties',
  'minProperties',
  'maxProperties',
  'prefixItems',
  'unevaluatedItems',
  'contains',
  'minContains',
  'maxContains',
  'uniqueItems',
]

/** The same page, supported properties of strings. */
const knownFormats: readonly unknown[] = [
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

/** Deeper than any schema that is accepted, shallower than the stack. */
const maxWalk = 200

type Path = readonly string[]

/**
 * The rule that a strict schema breaks, in the words of the service, or `null`. The root is known to be an object.
 * The wording is as observed; where nobody has reported any it is our own.
 */
export function strictSchemaError(schema: JsonObject): string | null {
  if ('anyOf' in schema) return inContext([], "'anyOf' is not permitted.")
  return nodeError(schema, schema, []) ?? strictLimitError(schema)
}

/** As a Python tuple, which the service prints. */
function inContext(path: Path, words: string): string {
  const tuple = `${path.map((part) => `'${part}'`).join(', ')}${path.length === 1 ? ',' : ''}`
  return `In context=(${tuple}), ${words}`
}

function nodeError(node: Json | undefined, root: JsonObject, path: Path): string | null {
  if (!isObject(node)) return inContext(path, "schema must have a 'type' key.")
  if (path.length > maxWalk) return inContext([], 'the schema is nested too deep.')
  const refused = refusedKeywords.find((keyword) => keyword in node)
  if (refused !== undefined) return inContext(path, `'${refused}' is not permitted.`)
  const wrong =
    typeof node['$ref'] === 'string'
      ? referenceError(node, node['$ref'], root, path)
      : (typeError(node, path) ?? objectError(node, path) ?? firstKeyError(node, root, path))
  return wrong ?? childError(node, root, path)
}

function referenceError(node: JsonObject, ref: string, root: JsonObject, path: Path): string | null {
  const others = Object.keys(node).filter((key) => !['$ref', '$defs', 'definitions'].includes(key))
  if (others.length > 0) {
    return inContext(path, `$ref cannot have keywords {${others.map((key) => `'${key}'`).join(', ')}}.`)
  }
  return isThere(ref, root)
    ? null
    : inContext(path, `reference to component '${ref}' which was not found in the schema.`)
}

function isThere(ref: string, root: JsonObject): boolean {
  return at(ref, root) !== null
}

function at(ref: string, root: JsonObject): JsonObject | null {
  if (ref === '#') return root
  let value: Json | undefined = root
  for (const part of ref.replace(/^#\//, '').split('/')) {
    value = isObject(value) ? ownValue(value, part.replaceAll('~1', '/').replaceAll('~0', '~')) : undefined
  }
  return isObject(value) ? value : null
}

function typeError(node: JsonObject, path: Path): string | null {
  const { type, anyOf, format, items, pattern } = node
  if (type === undefined && !isArray(anyOf)) return inContext(path, "schema must have a 'type' key.")
  const types: readonly unknown[] = isArray(type) ? type : [type]
  if (types.includes('array') && !isObject(items)) return inContext(path, 'array schema missing items.')
  if (format !== undefined && !knownFormats.includes(format)) {
    return inContext(path, `'${shown(format)}' is not a valid format.`)
  }
  if (isArray(node['enum']) && node['enum'].length === 0) return inContext(path, "'enum' must not be empty.")
  // Observed in 2026 (vercel/ai, pull request 21037).
  if (typeof pattern === 'string' && /\(\?<?[=!]/.test(pattern))
    return `regex lookaround is not supported. Found at $.${path.join('.')}.pattern.`
  return null
}

/** Strict mode wants `additionalProperties: false` and every property required on every object. */
function objectError(node: JsonObject, path: Path): string | null {
  const { type, properties } = node
  const isObjectSchema = type === 'object' || (isArray(type) && type.includes('object'))
  if (!isObjectSchema && !isObject(properties)) return null
  if (node['additionalProperties'] !== false) {
    return inContext(path, "'additionalProperties' is required to be supplied and to be false.")
  }
  if (!isObject(properties)) return inContext(path, 'object schema missing properties.')
  const names = Object.keys(properties)
  const required = isArray(node['required']) ? node['required'] : []
  const wanted = "'required' is required to be supplied and to be an array including every key in properties."
  const missing = names.find((name) => !required.includes(name))
  if (missing !== undefined) return inContext(path, `${wanted} Missing '${missing}'.`)
  const extra = required.find((name) => typeof name !== 'string' || !names.includes(name))
  return extra === undefined
    ? null
    : inContext(path, `${wanted} Extra required key '${shown(extra)}' supplied.`)
}

/** Observed since 2024 (openai/openai-python, issue 2193); a key that is fixed to other values in each is taken. */
function firstKeyError(node: JsonObject, root: JsonObject, path: Path): string | null {
  const seen = new Map<string, readonly Json[] | null>()
  for (const branch of isArray(node['anyOf']) ? node['anyOf'] : []) {
    const properties = objectIn(branch, root)?.['properties']
    const [key, first] = Object.entries(isObject(properties) ? properties : {})[0] ?? []
    if (key === undefined) continue
    const values = isObject(first) && isArray(first['enum']) ? first['enum'] : null
    const before = seen.get(key)
    if (
      before === null ||
      (before !== undefined && values?.every((value) => !before.includes(value)) !== true)
    )
      return inContext(
        path,
        "Objects provided via 'anyOf' must not share identical first keys. Consider adding a discriminator key or rearranging the properties to ensure the first key is unique.",
      )
    seen.set(key, values && [...(before ?? []), ...values])
  }
  return null
}

function objectIn(branch: Json, root: JsonObject): JsonObject | null {
  if (!isObject(branch)) return null
  return typeof branch['$ref'] === 'string' ? at(branch['$ref'], root) : branch
}

function childError(node: JsonObject, root: JsonObject, path: Path): string | null {
  for (const [step, child] of childrenOf(node)) {
    const error = nodeError(child, root, [...path, ...step])
    if (error) return error
  }
  return null
}

/** The schemas inside a schema, each with its way from there. */
function childrenOf(node: JsonObject): readonly (readonly [step: Path, child: Json | undefined])[] {
  const named = ['properties', '$defs', 'definitions'].flatMap((key) => {
    const group = node[key]
    return isObject(group) ? Object.entries(group).map(([name, child]) => [[key, name], child] as const) : []
  })
  const items = isObject(node['items']) ? [[['items'], node['items']] as const] : []
  const branches = isArray(node['anyOf'])
    ? node['anyOf'].map((child, index) => [['anyOf', String(index)], child] as const)
    : []
  return [...named, ...items, ...branches]
}
