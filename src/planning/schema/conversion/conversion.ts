import { OffpeakError } from '../../../domain/errors.ts'
import { boundsOf, isEmptyRange, type Constraint } from '../constraints.ts'
import { flatten, Unmergeable } from './merge-schemas.ts'
import type { Json, MutableJson } from '../json-schema.ts'
import type { References } from './schema-references.ts'
import type { Shape } from '../wire-shape.ts'

/** A schema on its way into the strict form: the form so far, and how values travel. */
export interface Converted {
  readonly form: MutableJson
  readonly shape: Shape
}

export interface Conversion {
  /** The strict form of one part; throws E_SCHEMA naming its path. Given along, as parts are made of parts. */
  readonly convert: (conversion: Conversion, raw: unknown, path: string) => Converted
  readonly root: Json
  /** Why the validator itself refused, when that is already known. */
  readonly reason: string | null
  readonly rewrites: string[]
  readonly constraints: Constraint[]
  readonly references: References
  /** The forms that refer to the root, which moves when it is wrapped. */
  readonly rootReferences: MutableJson[]
  /** The key that is to be the first of an object, for schemas that are options of a union. */
  readonly firstKeys: Map<Json, string>
  changed: boolean
}

/** A schema whose parts are made one. Throws E_SCHEMA for parts that nothing fits, or that cannot be one. */
export function flat(conversion: Conversion, schema: Json, path: string): Json {
  try {
    return flatten(schema, (ref) => conversion.references.resolve(ref))
  } catch (thrown) {
    if (thrown instanceof Unmergeable) throw refuse(conversion, path, thrown.message)
    throw thrown
  }
}

/**
 * The constraints of a schema as the keywords and the description of its form, where `type` is that of the form (null: a
 * union); they are noted for the plan. Throws E_SCHEMA where they leave no value.
 */
export function told(conversion: Conversion, schema: Json, path: string, type: string | null): MutableJson {
  if (isEmptyRange(schema)) throw refuse(conversion, path, 'no value at all, by its bounds')
  const { keywords, description, constraints } = boundsOf(schema, type)
  for (const constraint of constraints) conversion.constraints.push({ path: named(path), ...constraint })
  if ('default' in schema) note(conversion, path, 'default dropped')
  return description === null ? keywords : { ...keywords, description }
}

/** A note of a constraint that no keyword and no description expresses, and that an answer is held to all the same. */
export function noteOnlyJudged({ constraints }: Conversion, path: string, words: string): void {
  constraints.push({ path: named(path), words, isSent: false })
}

/** The bounds among the parts of a form, for its shape. */
export function boundsIn(said: MutableJson): { readonly bounds?: Json } {
  const { description: _, ...keywords } = said
  return Object.keys(keywords).length === 0 ? {} : { bounds: keywords }
}

export function note(conversion: Conversion, path: string, words: string): void {
  conversion.rewrites.push(`${named(path)}: ${words}`)
}

function named(path: string): string {
  return path === '' ? '(root)' : path
}

/** An error for a schema that the strict form cannot express, with its place and what may be done. */
export function refuse(conversion: Conversion, path: string, what: string): OffpeakError {
  const place = path === '' ? 'its root' : path
  const because = conversion.reason === null ? `it allows ${what}` : conversion.reason
  return new OffpeakError(
    'E_SCHEMA',
    `The output schema cannot be sent to a model at ${place}: ${because}.`,
    {
      where: `output, ${place}`,
      fix: 'Describe this part with strings, numbers, booleans, lists and objects of named fields; a date as an ISO string.',
    },
  )
}

/** For a field that is called `__proto__`: libraries leave it out of what they check (zod, Valibot), though they name it. */
export function leftOutField(path: string): OffpeakError {
  return new OffpeakError(
    'E_SCHEMA',
    `The output schema has a field "__proto__" (${path}), which libraries of schemas leave out of every answer.`,
    { where: `output, ${path}`, fix: 'Give the field another name.' },
  )
}
