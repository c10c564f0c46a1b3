import { type Json, type JsonObject, isArray, isObject } from '../json.ts'

/**
 * The rule that a strict schema breaks, in the words of the service, or `null`.
 * Strict mode wants `additionalProperties: false` and every property required on every object
 * (OpenAI guide, Structured outputs).
 */
export function strictSchemaError(schema: JsonObject, path: readonly string[] = []): string | null {
  const context = `In context=(${path.map((part) => `'${part}'`).join(', ')}${path.length === 1 ? ',' : ''})`
  if (isObject(schema['properties']) || schema['type'] === 'object') {
    if (schema['additionalProperties'] !== false) {
      return `${context}, 'additionalProperties' is required to be supplied and to be false.`
    }
    const names = Object.keys(isObject(schema['properties']) ? schema['properties'] : {})
    const required = isArray(schema['required']) ? schema['required'] : null
    const missing = names.find((name) => !required?.includes(name))
    if (missing !== undefined) {
      return `${context}, 'required' is required to be supplied and to be an array including every key in properties. Missing '${missing}'.`
    }
  }
  return childError(schema, path)
}

function childError(schema: JsonObject, path: readonly string[]): string | null {
  for (const key of ['properties', '$defs', 'definitions']) {
    const group = schema[key]
    if (!isObject(group)) continue
    for (const [name, child] of Object.entries(group)) {
      const error = isObject(child) ? strictSchemaError(child, [...path, key, name]) : null
      if (error) return error
    }
  }
  const { items, anyOf } = schema
  if (isObject(items)) return strictSchemaError(items, [...path, 'items'])
  if (isArray(anyOf)) return branchError(anyOf, path)
  return null
}

function branchError(branches: readonly Json[], path: readonly string[]): string | null {
  for (const [index, branch] of branches.entries()) {
    const error = isObject(branch) ? strictSchemaError(branch, [...path, 'anyOf', String(index)]) : null
    if (error) return error
  }
  return null
}
