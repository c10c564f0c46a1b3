import { asJson, listOf } from './json-schema.ts'

/** JSON Schema has no place for the flags of a regular expression; these change what it takes. */
const meantFlags = /[ims]/

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
      if (!(pattern instanceof RegExp) || !meantFlags.test(pattern.flags)) continue
      for (const part of [jsonSchema, ...(listOf(Reflect.get(jsonSchema, 'allOf')) ?? [])]) {
        const bounds = asJson(part)
        if (bounds?.['pattern'] === pattern.source) Reflect.set(bounds, 'pattern', String(pattern))
      }
    }
  },
}

/** What zod keeps of a schema or check. */
function definitionOf(part: unknown): object {
  return Object(Reflect.get(Object(Reflect.get(Object(part), '_zod')), 'def'))
}

/** Whether a pattern has its flags with it. */
export function hasFlags(pattern: string): boolean {
  return /^\/.+\/[a-z]+$/s.test(pattern)
}
