import { expect } from 'vitest'
import type { StandardSchema } from '../../src/domain/standard-schema.ts'
import { strictKeywords, type Json } from '../../src/planning/schema/json-schema.ts'

/** A schema that gives this JSON Schema and accepts everything. */
export function fromJson(json: Json): StandardSchema {
  const give = (): Json => json
  return {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate: (value) => ({ value }),
      jsonSchema: { input: give, output: give },
    },
  }
}

/** Every object in a JSON Schema that is itself a schema. */
function schemasIn(schema: unknown): unknown[] {
  const parts = [propertiesOf(schema), Reflect.get(Object(schema), '$defs')].flatMap((named) =>
    Object.values(Object(named)),
  )
  const listed: unknown = Reflect.get(Object(schema), 'anyOf')
  const items: unknown = Reflect.get(Object(schema), 'items')
  const inner = [...parts, ...(Array.isArray(listed) ? listed : []), ...(items === undefined ? [] : [items])]
  return [schema, ...inner.flatMap(schemasIn)]
}

function propertiesOf(schema: unknown): object {
  return Object(Reflect.get(Object(schema), 'properties'))
}

/** Asserts that a JSON Schema has the strict form in all its parts. */
export function expectStrict(schema: Json): void {
  expect(schema['type']).toBe('object')
  for (const part of schemasIn(schema)) {
    const keys = Object.keys(Object(part))
    expect(keys.filter((key) => !(strictKeywords as readonly string[]).includes(key))).toEqual([])
    expect(['type', '$ref', 'anyOf'].filter((key) => keys.includes(key))).toHaveLength(1)
    if (Reflect.get(Object(part), 'type') === 'object') {
      const required: unknown = Reflect.get(Object(part), 'required')
      expect(part).toMatchObject({ additionalProperties: false })
      expect(new Set(Array.isArray(required) ? required : [])).toEqual(
        new Set(Object.keys(propertiesOf(part))),
      )
    }
  }
}
