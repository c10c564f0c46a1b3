import { asJson, listOf, type Json } from './json-schema.ts'

/** JSON Schema has no place for the flags of a regular expression; these change what it takes. */
const meantFlags = /[ims]/

export function hasMeantFlags(pattern: RegExp): boolean {
  return meantFlags.test(pattern.flags)
}

/**
 * For the `libraryOptions` of zod, whose JSON Schema leaves the flags of a pattern out: `/x/i` would be enforced as `/x/`,
 * and refuse answers that fit. The pattern is written with its flags instead, which is told and never enforced.
 */
export const withPatternFlags = {
  override({ zodSchema, jsonSchema }: { readonly zodSchema: object; readonly jsonSchema: object }): void {
    const definition = definitionOf(zodSchema)
    const checks = listOf(Reflect.get(definition, 'checks')) ?? []
    for (const one of [definition, ...checks.map(definitionOf)]) {
      const pattern: unknown = Reflect.get(one, 'pattern')
      if (!(pattern instanceof RegExp) || !hasMeantFlags(pattern)) continue
      for (const part of [jsonSchema, ...(listOf(Reflect.get(jsonSchema, 'allOf')) ?? [])]) {
        const bounds = asJson(part)
        if (bounds?.['pattern'] === pattern.source) Reflect.set(bounds, 'pattern', String(pattern))
      }
    }
  },
}

/** Of a definition no more parts are looked at. */
const maxParts = 50_000

/**
 * A JSON Schema with the flags of its patterns, where the schemas that it was made of keep them: ArkType as a rule with
 * flags in its own JSON, Valibot, TypeBox and Effect as the expression itself. Where one pattern stands there with flags and
 * without, all of its places have them: what is told too often is enforced by nobody, but refuses nothing that fits.
 */
export function withFlagsOf(json: Json, ...schemas: readonly unknown[]): Json {
  return asJson(withFlags(json, flaggedPatterns(schemas))) ?? json
}

function withFlags(part: unknown, flagged: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(part)) return part.map((item) => withFlags(item, flagged))
  const schema = part instanceof RegExp ? null : asJson(part)
  if (schema === null) return part
  return Object.fromEntries(
    Object.entries(schema).map(([keyword, value]) => {
      if (keyword !== 'pattern') return [keyword, withFlags(value, flagged)]
      const source = value instanceof RegExp ? value.source : value
      return [
        keyword,
        typeof source === 'string' ? (flagged.get(source) ?? source) : withFlags(value, flagged),
      ]
    }),
  )
}

/** Patterns that have flags which change what they take, as written with them. */
function flaggedPatterns(schemas: readonly unknown[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  const seen = new Set<unknown>()
  const left = [...schemas]
  const note = (source: unknown, flags: unknown): void => {
    if (typeof source === 'string' && typeof flags === 'string' && meantFlags.test(flags))
      found.set(source, `/${source}/${flags}`)
  }
  while (left.length > 0 && seen.size < maxParts) {
    const part = left.pop()
    const isCallable = typeof part === 'function'
    if ((typeof part !== 'object' && !isCallable) || part === null || seen.has(part)) continue
    seen.add(part)
    if (part instanceof RegExp) {
      note(part.source, part.flags)
      continue
    }
    note(valueOf(part, 'rule'), valueOf(part, 'flags'))
    // A schema of ArkType is a function, and all of it is in its own JSON.
    const own = isCallable ? ['json', 'ast'] : Reflect.ownKeys(part)
    for (const name of own) left.push(valueOf(part, name))
  }
  return found
}

/** Undefined where a getter of a library throws. */
function valueOf(part: object, name: PropertyKey): unknown {
  try {
    return Reflect.get(part, name)
  } catch {
    return undefined
  }
}

/** What zod keeps of a schema or check. */
function definitionOf(part: unknown): object {
  return Object(Reflect.get(Object(Reflect.get(Object(part), '_zod')), 'def'))
}

/** Whether a pattern has its flags with it. */
export function hasFlags(pattern: string): boolean {
  return /^\/.+\/[a-z]+$/s.test(pattern)
}
