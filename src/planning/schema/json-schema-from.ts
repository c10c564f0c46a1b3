import { type $ZodType, toJSONSchema } from 'zod/v4/core'
import type { StandardSchema } from '../../domain/standard-schema.ts'

type JsonSchemaOf = NonNullable<StandardSchema['~standard']['jsonSchema']>

/** How a schema gives its JSON Schema: by itself, or as one of an older zod 4. Null: it gives none. */
export function jsonSchemaFrom(schema: StandardSchema): JsonSchemaOf | null {
  return schema['~standard'].jsonSchema ?? olderZod(schema)
}

/**
 * The JSON Schema of a schema of zod 4.0 or 4.1, which follow Standard Schema without it: its definition is that of later
 * versions, so ours reads it. Null: it is no such schema.
 */
function olderZod(schema: StandardSchema): JsonSchemaOf | null {
  if (!isZod4(schema)) return null
  const of =
    (io: 'input' | 'output'): JsonSchemaOf['input'] =>
    ({ target: _target, ...options }) => ({
      ...toJSONSchema(schema, {
        io,
        target: 'draft-2020-12',
        unrepresentable: Object.hasOwn(options, 'libraryOptions') ? 'any' : 'throw',
        // Another copy of zod keeps what `describe` said in a registry of its own.
        override({ zodSchema, jsonSchema }) {
          const said: unknown = Reflect.get(zodSchema, 'description')
          if (typeof said === 'string') jsonSchema.description ??= said
        },
      }),
    })
  return { input: of('input'), output: of('output') }
}

function isZod4(schema: object): schema is $ZodType {
  const inside: unknown = Reflect.get(schema, '_zod')
  return typeof inside === 'object' && inside !== null && Reflect.has(inside, 'def')
}
