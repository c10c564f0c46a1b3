import { type $ZodType, toJSONSchema } from 'zod/v4/core'
import type { StandardSchema } from '../../domain/standard-schema.ts'
import { isValibot, valibotSchema } from './valibot-schema.ts'
import { isZod3, zod3Schema } from './zod3-schema.ts'

type JsonSchemaOf = NonNullable<StandardSchema['~standard']['jsonSchema']>

/**
 * How a schema gives its JSON Schema: by itself, or by its definition, as one of an older zod or of Valibot. Null: it gives
 * none. Those that are read by their definition throw E_SCHEMA naming the path.
 */
export function jsonSchemaFrom(schema: StandardSchema): JsonSchemaOf | null {
  return schema['~standard'].jsonSchema ?? olderZod(schema) ?? byDefinition(schema)
}

/** What comes in and what goes out are told apart by what a library makes of them, which no definition says as data. */
function byDefinition(schema: StandardSchema): JsonSchemaOf | null {
  const read = isZod3(schema) ? zod3Schema : isValibot(schema) ? valibotSchema : null
  return read && { input: () => read(schema), output: () => read(schema) }
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
        unrepresentable: isLenient(options) ? 'any' : 'throw',
        // Another copy of zod keeps what `describe` said in a registry of its own.
        override({ zodSchema, jsonSchema }) {
          const said: unknown = Reflect.get(zodSchema, 'description')
          if (typeof said === 'string') jsonSchema.description ??= said
        },
      }),
    })
  return { input: of('input'), output: of('output') }
}

/** Whether a hole is to stand where JSON Schema has no word. */
function isLenient(options: object): boolean {
  return Reflect.get(Object(Reflect.get(options, 'libraryOptions')), 'unrepresentable') === 'any'
}

function isZod4(schema: object): schema is $ZodType {
  const inside: unknown = Reflect.get(schema, '_zod')
  return typeof inside === 'object' && inside !== null && Reflect.has(inside, 'def')
}
