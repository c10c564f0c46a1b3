import { z } from 'zod'
import type { StandardIssue, StandardResult, StandardSchema } from '../../domain/standard-schema.ts'
import { withFlagsOf } from './pattern-flags.ts'

/**
 * A check of a value: another schema, or a function such as `ajv.compile(schema)`, whose `errors` are then the reason.
 */
export type Validator<Output> = StandardSchema<unknown, Output> | ((value: unknown) => boolean)

/**
 * A JSON Schema (draft 2020-12 or draft-07) as the `output` of a job; a schema of TypeBox is one. `validator` judges the
 * answers: of a library that gives its JSON Schema apart it is the schema itself.
 */
export function jsonSchema<Output = unknown>(
  schema: object,
  validator: Validator<Output>,
): StandardSchema<unknown, Output>
export function jsonSchema(schema: object, validator: Validator<unknown>): StandardSchema {
  const give = (): Record<string, unknown> => ({ ...withFlagsOf({ ...schema }, schema, validator) })
  return {
    '~standard': {
      version: 1,
      vendor: 'json-schema',
      validate: judge(validator),
      jsonSchema: { input: give, output: give },
    },
  }
}

function judge(validator: Validator<unknown>): StandardSchema['~standard']['validate'] {
  if ('~standard' in validator) return (value) => validator['~standard'].validate(value)
  return (value): StandardResult<unknown> =>
    validator(value)
      ? { value }
      : { issues: [firstError(validator) ?? { message: 'does not fit the schema' }] }
}

const ajvErrors = z.array(z.object({ instancePath: z.string(), message: z.string() })).min(1)

/** The first of the errors that a function of Ajv keeps of its last call; null: it keeps none. */
function firstError(validator: object): StandardIssue | null {
  const [first] = ajvErrors.safeParse(Reflect.get(validator, 'errors')).data ?? []
  return first === undefined ? null : { message: first.message, path: first.instancePath.split('/').slice(1) }
}
