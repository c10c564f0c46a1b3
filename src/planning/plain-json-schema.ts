import { z } from 'zod'
import { messageOf, OffpeakError } from '../domain/errors.ts'
import { issuesText, type StandardResult, type StandardSchema } from '../domain/standard-schema.ts'
import type { Json } from './json-schema.ts'

/**
 * Says whether a value fits: another schema, or a function such as `ajv.compile(schema)`, whose `errors` are then the
 * reason.
 */
export type Validator<Output> = StandardSchema<unknown, Output> | ((value: unknown) => boolean)

/**
 * A JSON Schema (draft 2020-12 or draft-07) as the `output` of a job; a schema of TypeBox is one. `validator` judges the
 * answers: of a library that gives its JSON Schema apart it is the schema itself. Left out, zod reads the JSON Schema.
 *
 * Throws E_SCHEMA where `validator` is left out and zod cannot read the schema.
 */
export function jsonSchema<Output>(
  schema: object,
  validator: StandardSchema<unknown, Output>,
): StandardSchema<unknown, Output>
export function jsonSchema<Output = unknown>(
  schema: object,
  validator?: Validator<Output>,
): StandardSchema<unknown, Output>
export function jsonSchema(schema: object, validator?: Validator<unknown>): StandardSchema {
  // What libraries keep beside the schema itself is no part of it.
  const plain: Json = z.record(z.string(), z.unknown()).parse(JSON.parse(JSON.stringify(schema)))
  const give = (): Record<string, unknown> => ({ ...plain })
  return {
    '~standard': {
      version: 1,
      vendor: 'json-schema',
      validate: judge(validator ?? readByZod(plain)),
      jsonSchema: { input: give, output: give },
    },
  }
}

function judge(validator: Validator<unknown>): StandardSchema['~standard']['validate'] {
  if ('~standard' in validator) return (value) => validator['~standard'].validate(value)
  return (value): StandardResult<unknown> =>
    validator(value) ? { value } : { issues: [{ message: reasonOf(validator) }] }
}

const ajvErrors = z.array(z.object({ instancePath: z.string(), message: z.string() })).min(1)

/** The first of the errors that a function of Ajv keeps of its last call. */
function reasonOf(validator: object): string {
  const [first] = ajvErrors.safeParse(Reflect.get(validator, 'errors')).data ?? []
  if (first === undefined) return 'does not fit the schema'
  const path = first.instancePath.split('/').slice(1)
  return issuesText([{ message: first.message, path }])
}

function readByZod(schema: Json): StandardSchema {
  try {
    return z.fromJSONSchema(schema, { defaultTarget: 'definitions' in schema ? 'draft-7' : 'draft-2020-12' })
  } catch (thrown) {
    throw new OffpeakError(
      'E_SCHEMA',
      `Answers cannot be held against this JSON Schema: ${messageOf(thrown)}`,
      {
        where: 'output',
        fix: 'Give what judges them: jsonSchema(schema, validator), for example with the function that ajv.compile(schema) makes.',
        cause: thrown,
      },
    )
  }
}
