import { Ajv2020 } from 'ajv/dist/2020.js'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { expectStrict } from '../../../test/support/strict-schemas.ts'
import { strictSchema } from './schema.ts'

/** Made once: it compiles the schema of schemas first, which is most of its work. */
const ajv = new Ajv2020({ strict: false })

/** A schema, values that it accepts, and how a model writes each under the strict form. */
interface Case {
  readonly schema: z.ZodType
  readonly value: fc.Arbitrary<unknown>
  readonly encode: (value: unknown) => unknown
}
function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

const same = (value: unknown): unknown => value
const field = (value: unknown, key: string): unknown => Reflect.get(Object(value), key)
const leaf = (schema: z.ZodType, value: fc.Arbitrary<unknown>): Case => ({ schema, value, encode: same })
const key = fc.constantFrom('a', 'b', 'key', 'value', 'item1', 'rest')
const leaves = fc.constantFrom(
  leaf(z.string(), fc.string()),
  leaf(z.number(), fc.double({ noNaN: true, noDefaultInfinity: true })),
  leaf(z.int(), fc.integer()),
  leaf(z.boolean(), fc.boolean()),
  leaf(z.enum(['x', 'y']), fc.constantFrom('x', 'y')),
  leaf(z.literal(7), fc.constant(7)),
  leaf(z.string().nullable(), fc.option(fc.string())),
)
const cases = fc.letrec<{ any: Case; object: Case }>((tie) => {
  const inner = tie('any')
  const list = inner.map(({ schema, value, encode }): Case => ({
    schema: z.array(schema),
    value: fc.array(value, { maxLength: 3 }),
    encode: (list) => listOf(list).map(encode),
  }))
  const record = inner.map(({ schema, value, encode }): Case => ({
    schema: z.record(z.string(), schema),
    value: fc
      .dictionary(fc.string(), value, { maxKeys: 3, noNullPrototype: true })
      .filter((made) => !Object.hasOwn(made, '__proto__')),
    encode: (made) => Object.entries(Object(made)).map(([key, item]) => ({ key, value: encode(item) })),
  }))
  const tuple = fc.tuple(inner, inner, inner).map(([one, two, rest]): Case => ({
    schema: z.tuple([one.schema, two.schema], rest.schema),
    value: fc
      .tuple(one.value, two.value, fc.array(rest.value, { maxLength: 2 }))
      .map(([a, b, more]) => [a, b, ...more]),
    encode: (made) => {
      const [a, b, ...more] = listOf(made)
      return { item1: one.encode(a), item2: two.encode(b), rest: more.map(rest.encode) }
    },
  }))
  const fields = fc.uniqueArray(fc.record({ key, of: inner, optional: fc.boolean() }), {
    selector: (made) => made.key,
    maxLength: 4,
  })
  const object = fields.map((fields): Case => ({
    schema: z.object(
      Object.fromEntries(
        fields.map(({ key, of, optional }) => [key, optional ? of.schema.optional() : of.schema]),
      ),
    ),
    value: fc.record(Object.fromEntries(fields.map(({ key, of }) => [key, of.value])), {
      requiredKeys: fields
        .filter((made) => !made.optional || made.of.schema.safeParse(null).success)
        .map((made) => made.key),
      noNullPrototype: true,
    }),
    encode: (made) =>
      Object.fromEntries(
        fields.map(({ key, of }) => [
          key,
          Object.hasOwn(Object(made), key) ? of.encode(field(made, key)) : null,
        ]),
      ),
  }))
  const union = fc.tuple(tie('object'), inner, inner).map(([one, two, three]): Case => {
    const tagged = (tag: string, of: Case): z.ZodObject =>
      z.object({ tag: z.literal(tag), of: of.schema, more: z.string().optional() })
    const members: Record<string, Case> = { one, two, three }
    return {
      schema: z.union(Object.entries(members).map(([tag, of]) => tagged(tag, of))),
      value: fc.oneof(
        ...Object.entries(members).map(([tag, of]) => of.value.map((value) => ({ tag, of: value }))),
      ),
      encode: (made) => ({
        tag: field(made, 'tag'),
        of: members[String(field(made, 'tag'))]?.encode(field(made, 'of')),
        more: null,
      }),
    }
  })
  return { object, any: fc.oneof({ maxDepth: 3 }, leaves, list, record, tuple, object, union) }
})

test('whatever a schema accepts survives the way through the strict form and back', () => {
  const drawn = cases.any.chain((made) => made.value.map((value) => ({ ...made, value })))
  fc.assert(
    fc.property(drawn, ({ schema, value, encode }) => {
      const { schema: strict, decode, rewrites } = strictSchema(schema, 'x')
      expectStrict(strict)
      const wrapped = rewrites.includes('(root): wrapped in an object')
      const written: unknown = JSON.parse(JSON.stringify(wrapped ? { value: encode(value) } : encode(value)))
      expect(ajv.validate(strict, written)).toBe(true)
      const result = schema.safeParse(decode(written))
      expect(result.success).toBe(true)
      expect(JSON.parse(JSON.stringify(result.data))).toEqual(JSON.parse(JSON.stringify(value)))
    }),
    { numRuns: 200 },
  )
})
