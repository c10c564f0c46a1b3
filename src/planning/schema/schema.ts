import { withFlagsOf, withPatternFlags } from './pattern-flags.ts'
import { messageOf, OffpeakError } from '../../domain/errors.ts'
import { ownValue } from '../../domain/own-value.ts'
import type { StandardSchema } from '../../domain/standard-schema.ts'
import { withoutConstraints, type Constraint } from './constraints.ts'
import { strictForm } from './strict-form.ts'
import { requireStrictSize } from './strict-limits.ts'
import { jsonSchemaFrom } from './json-schema-from.ts'
import { decodeShape } from './decode-shape.ts'

export interface StrictSchema {
  /** The given name in the characters that providers take. */
  readonly name: string
  /** A JSON Schema that every provider with structured output takes; constraints are told in its descriptions. */
  readonly schema: Readonly<Record<string, unknown>>
  /** The same with those constraints as keywords that the strict form of some services has. */
  readonly enforced: Readonly<Record<string, unknown>>
  /** What bounds a value beyond its type, in the order of the fields. */
  readonly constraints: readonly Constraint[]
  /** What had to be changed, for the plan: `topics: optional, sent as nullable`. */
  readonly rewrites: readonly string[]
  /**
   * Turns what a model wrote under either schema into what the user's own schema describes. Takes nesting of some 1,000.
   * Throws `RepeatedKey`.
   */
  readonly decode: (value: unknown) => unknown
}

/**
 * The strict JSON Schema of a user's output schema, with the way back. It describes what the model writes, so it is
 * made from the schema's input side: transforms and defaults then work on the answer. Throws E_SCHEMA, naming the
 * path, for what JSON or the strict form cannot express (dates, big integers, free-form values), for what is larger than
 * providers take, and for a validator that gives no JSON Schema.
 */
export function strictSchema(schema: StandardSchema, name: string): StrictSchema {
  const { form, rewrites, constraints, shape, wrapped, changed } = strictForm(jsonSchemaOf(schema), null)
  requireStrictSize(form)
  return {
    name: name.replace(/[^a-zA-Z0-9_-]/g, '_').slice(0, 64) || 'answer',
    schema: withoutConstraints(form),
    enforced: form,
    constraints,
    rewrites,
    decode: changed ? (value) => decodeShape(shape, wrapped ? unwrap(value) : value) : (value) => value,
  }
}

type JsonSchemaOf = NonNullable<StandardSchema['~standard']['jsonSchema']>

const target = 'draft-2020-12'

/** How schemas of a library come with their JSON Schema, where they do not by themselves. */
const ways: Readonly<Record<string, string>> = {
  effect:
    'Wrap it: output: Schema.toStandardJSONSchemaV1(Schema.toStandardSchemaV1(Schema.toCodecJson(schema))); with Effect 3: jsonSchema(JSONSchema.make(schema), Schema.standardSchemaV1(schema)).',
}
const otherWay =
  "Give its JSON Schema with it: output: jsonSchema(json, schema), from 'offpeak'; zod, Valibot and arktype 2 need none."

function jsonSchemaOf(schema: StandardSchema): Readonly<Record<string, unknown>> {
  const { vendor } = schema['~standard']
  const jsonSchema = jsonSchemaFrom(schema)
  if (jsonSchema === null) {
    throw new OffpeakError(
      'E_SCHEMA',
      `The output schema (${vendor}) gives no JSON Schema to send to the model.`,
      {
        where: 'output',
        fix: ownValue(ways, vendor) ?? otherWay,
      },
    )
  }
  try {
    const options = { target, ...(vendor === 'zod' ? { libraryOptions: withPatternFlags } : {}) }
    const json = jsonSchema.input(options)
    return vendor === 'zod' ? json : withFlagsOf(json, schema)
  } catch (thrown) {
    throw thrown instanceof OffpeakError ? thrown : unexpressible(jsonSchema, thrown)
  }
}

/**
 * The error for a schema that refuses to be JSON Schema. Such refusals name no path; zod can be asked to leave holes
 * instead, and the first hole is the place.
 */
function unexpressible(jsonSchema: JsonSchemaOf, thrown: unknown): OffpeakError {
  const reason = messageOf(thrown)
  const lenient = { target, libraryOptions: { unrepresentable: 'any', ...withPatternFlags } }
  try {
    strictForm(jsonSchema.input(lenient), reason)
  } catch (located) {
    if (located instanceof OffpeakError) return located
  }
  return new OffpeakError('E_SCHEMA', `The output schema cannot be expressed as JSON Schema: ${reason}`, {
    where: 'output',
    fix: 'Describe the answer with strings, numbers, booleans, lists and objects.',
    cause: thrown,
  })
}

function unwrap(value: unknown): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, 'value')
    ? Reflect.get(value, 'value')
    : value
}
