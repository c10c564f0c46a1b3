/** The values that `JSON.parse` can return; the emulator narrows them by hand at its door. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject
export interface JsonObject {
  readonly [key: string]: Json | undefined
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function isArray(value: unknown): value is readonly Json[] {
  return Array.isArray(value)
}

/** The value of a JSON text, or `undefined` for text that is not JSON. */
export function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Deeper than any request, shallower than the stack. */
const maxDepth = 512

/** JSON may be nested deeper than whoever walks it can go. */
export function isTooDeep(text: string): boolean {
  let depth = 0
  let inString = false
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i)
    if (inString) {
      if (code === 0x5c) i += 1
      else if (code === 0x22) inString = false
    } else if (code === 0x22) inString = true
    else if (code === 0x7b || code === 0x5b) {
      depth += 1
      if (depth > maxDepth) return true
    } else if (code === 0x7d || code === 0x5d) depth -= 1
  }
  return false
}

/** The value of a table under a name that a client sent; never one that every object inherits, as `constructor`. */
export function ownValue<Value>(table: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined
}

/** A field as text; `''` when it is absent or not a string. */
export function textIn(value: Json | undefined, key: string): string {
  const field = isObject(value) ? value[key] : undefined
  return typeof field === 'string' ? field : ''
}

/** How a value is shown inside an error sentence. */
export function shown(value: Json | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null)
}

/** How OpenAI names the type of a value in its "expected …, but got … instead" sentences. */
export function typeName(value: Json | undefined): string {
  if (value === null || value === undefined) return 'null'
  if (isArray(value)) return 'an array'
  if (isObject(value)) return 'an object'
  if (typeof value === 'string') return 'a string'
  if (typeof value === 'boolean') return 'a boolean'
  return Number.isInteger(value) ? 'an integer' : 'a decimal'
}

/** A value as JSON that can be written anew; `null` for what is no object. */
export function asJson(value: unknown): JsonObject | null {
  const copy = parseJson(JSON.stringify(value) ?? '')
  return isObject(copy) ? copy : null
}
