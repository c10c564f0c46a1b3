import * as fc from 'fast-check'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { z as z3 } from 'zod/v3'
import { answersTo } from '../../../test/support/strict-answers.ts'
import { expectStrict } from '../../../test/support/strict-schemas.ts'
import { OffpeakError } from '../../domain/errors.ts'
import type { StandardSchema } from '../../domain/standard-schema.ts'
import { strictSchema, type StrictSchema } from './schema.ts'

/** The same schema in a library that brings its JSON Schema and in two that are read by their definitions. */
interface Trio {
  readonly four: z.ZodType
  readonly three: z3.ZodTypeAny
  readonly valibot: v.GenericSchema
}

const scalars = fc.constantFrom<Trio>(
  { four: z.string(), three: z3.string(), valibot: v.string() },
  { four: z.string().trim(), three: z3.string().trim(), valibot: v.pipe(v.string(), v.trim()) },
  {
    four: z.string().regex(/^[a-c]{1,2}$/),
    three: z3.string().regex(/^[a-c]{1,2}$/),
    valibot: v.pipe(v.string(), v.regex(/^[a-c]{1,2}$/)),
  },
  {
    four: z.number().min(2).lt(4),
    three: z3.number().min(2).lt(4),
    valibot: v.pipe(v.number(), v.minValue(2), v.ltValue(4)),
  },
  {
    four: z.int().multipleOf(3).max(9),
    three: z3.number().int().multipleOf(3).max(9),
    valibot: v.pipe(v.number(), v.integer(), v.multipleOf(3), v.maxValue(9)),
  },
  {
    four: z.string().default('d'),
    three: z3.string().default('d'),
    valibot: v.optional(v.string(), 'd'),
  },
  { four: z.boolean(), three: z3.boolean(), valibot: v.boolean() },
  { four: z.null(), three: z3.null(), valibot: v.null() },
  { four: z.literal('x'), three: z3.literal('x'), valibot: v.literal('x') },
  { four: z.enum(['x', 'y']), three: z3.enum(['x', 'y']), valibot: v.picklist(['x', 'y']) },
  {
    four: z.enum({ A: 'x', B: 'z' }),
    three: z3.nativeEnum({ A: 'x', B: 'z' }),
    valibot: v.enum({ A: 'x', B: 'z' }),
  },
)
const schemas = fc.letrec<{ value: Trio; open: Trio }>((tie) => {
  const value = tie('value')
  const ways = fc.constantFrom('required', 'optional', 'nullish')
  const field = fc.record({ name: fc.constantFrom('a', 'b', 'key', 'value'), of: value, way: ways })
  const object = (areClosed: fc.Arbitrary<boolean>): fc.Arbitrary<Trio> =>
    fc
      .tuple(fc.uniqueArray(field, { selector: ({ name }) => name, maxLength: 3 }), areClosed)
      .map(([fields, isClosed]): Trio => {
        const of = <T>(make: (trio: Trio, way: string) => T): Record<string, T> =>
          Object.fromEntries(fields.map(({ name, of: trio, way }) => [name, make(trio, way)]))
        const four = of(({ four: one }, way) => {
          if (way === 'nullish') return one.nullish()
          return way === 'optional' ? one.optional() : one
        })
        const three = of(({ three: one }, way): z3.ZodTypeAny => {
          if (way === 'nullish') return one.nullish()
          return way === 'optional' ? one.optional() : one
        })
        const entries = of(({ valibot: one }, way): v.GenericSchema => {
          if (way === 'nullish') return v.nullish(one)
          return way === 'optional' ? v.optional(one) : one
        })
        return {
          four: isClosed ? z.strictObject(four) : z.object(four),
          three: isClosed ? z3.object(three).strict() : z3.object(three),
          valibot: isClosed ? v.strictObject(entries) : v.object(entries),
        }
      })
  const pair = fc.tuple(value, value)
  return {
    open: object(fc.constant(false)),
    value: fc.oneof(
      { maxDepth: 4 },
      scalars,
      object(fc.boolean()),
      value.map(({ four, three, valibot }) => ({
        four: four.nullable().readonly(),
        three: three.nullable().readonly(),
        valibot: v.pipe(v.nullable(valibot), v.readonly()),
      })),
      value.map(({ four, three, valibot }) => ({
        four: z.array(four).min(1),
        three: z3.array(three).min(1),
        valibot: v.pipe(v.array(valibot), v.minLength(1)),
      })),
      value.map(({ four, three, valibot }) => ({
        four: z.record(z.string(), four),
        three: z3.record(three),
        valibot: v.record(v.string(), valibot),
      })),
      value.map(({ four, three, valibot }) => ({
        four: z.partialRecord(z.enum(['x', 'y']), four),
        three: z3.record(z3.enum(['x', 'y']), three),
        valibot: v.record(v.picklist(['x', 'y']), valibot),
      })),
      pair.map(([one, two]) => ({
        four: z.tuple([one.four, two.four]),
        three: z3.tuple([one.three, two.three]),
        valibot: v.tuple([one.valibot, two.valibot]),
      })),
      pair.map(([one, two]) => ({
        four: z.union([one.four, two.four]),
        three: z3.union([one.three, two.three]),
        valibot: v.union([one.valibot, two.valibot]),
      })),
      // What is left of closed ones is another thing in every library.
      fc.tuple(tie('open'), tie('open')).map(([one, two]) => ({
        four: z.intersection(one.four, two.four),
        three: z3.intersection(one.three, two.three),
        valibot: v.intersect([one.valibot, two.valibot]),
      })),
    ),
  }
})

/** Told by what zod 4 sends of it, where a test fails. */
const shown = schemas.value.map((trio) =>
  Object.assign(trio, {
    [fc.toStringMethod]: () => JSON.stringify(z.toJSONSchema(trio.four, { io: 'input' })),
  }),
)

/** The strict form, or the words of its refusal. */
function sentOf(schema: StandardSchema): StrictSchema | string {
  try {
    return strictSchema(schema, 'x')
  } catch (thrown) {
    if (thrown instanceof OffpeakError && thrown.code === 'E_SCHEMA') return thrown.message
    throw thrown
  }
}

describe.each([
  ['zod 3', (trio: Trio): StandardSchema => trio.three],
  ['Valibot', (trio: Trio): StandardSchema => trio.valibot],
])('%s, read by its definition', (_, pick) => {
  test('any answer that fits what is sent validates', async () => {
    let taken = 0
    await fc.assert(
      fc.asyncProperty(shown, fc.infiniteStream(fc.nat()), async (trio, choices) => {
        const schema = pick(trio)
        const strict = sentOf(schema)
        if (typeof strict === 'string') return
        expectStrict(strict.schema)
        // A record's key twice is judged only.
        if (strict.constraints.some(({ isSent }) => !isSent)) return
        taken += 1
        for (const answer of answersTo(strict.enforced, choices, 5)) {
          const { issues } = await schema['~standard'].validate(strict.decode(answer))
          expect(issues, JSON.stringify({ answer, form: strict.enforced })).toBeUndefined()
        }
      }),
      { numRuns: 150 },
    )
    expect(taken).toBeGreaterThan(40)
  })
})

const four = z.object({
  title: z.string().min(3).max(80).describe('in a few words'),
  kind: z.enum(['a', 'b']).optional(),
  score: z.number().int().gte(0).lt(10),
  tags: z.array(z.string().regex(/^t/)).min(1).max(3).nullish(),
  when: z.iso.date(),
  at: z.iso.datetime(),
  code: z.string().regex(/^[a-z]+$/i),
  part: z.union([z.object({ kind: z.literal('x'), x: z.number() }), z.object({ kind: z.literal('y') })]),
  pairs: z.record(z.string(), z.tuple([z.string(), z.number()])),
  who: z.object({ name: z.string() }).and(z.object({ age: z.number() })),
  note: z.string().transform((text) => text.length),
})
const three = z3.object({
  title: z3.string().min(3).max(80).describe('in a few words'),
  kind: z3.enum(['a', 'b']).optional(),
  score: z3.number().int().gte(0).lt(10),
  tags: z3.array(z3.string().regex(/^t/)).min(1).max(3).nullish(),
  when: z3.string().date(),
  at: z3.string().datetime(),
  code: z3.string().regex(/^[a-z]+$/i),
  part: z3.discriminatedUnion('kind', [
    z3.object({ kind: z3.literal('x'), x: z3.number() }),
    z3.object({ kind: z3.literal('y') }),
  ]),
  pairs: z3.record(z3.tuple([z3.string(), z3.number()])),
  who: z3.object({ name: z3.string() }).and(z3.object({ age: z3.number() })),
  note: z3.string().transform((text) => text.length),
})
const valibot = v.object({
  title: v.pipe(v.string(), v.minLength(3), v.maxLength(80), v.description('in a few words')),
  kind: v.optional(v.picklist(['a', 'b'])),
  score: v.pipe(v.number(), v.integer(), v.minValue(0), v.ltValue(10)),
  tags: v.nullish(v.pipe(v.array(v.pipe(v.string(), v.regex(/^t/))), v.minLength(1), v.maxLength(3))),
  when: v.pipe(v.string(), v.isoDate()),
  at: v.pipe(v.string(), v.isoTimestamp()),
  code: v.pipe(v.string(), v.regex(/^[a-z]+$/i)),
  part: v.variant('kind', [
    v.object({ kind: v.literal('x'), x: v.number() }),
    v.object({ kind: v.literal('y') }),
  ]),
  pairs: v.record(v.string(), v.tuple([v.string(), v.number()])),
  who: v.intersect([v.object({ name: v.string() }), v.object({ age: v.number() })]),
  note: v.pipe(
    v.string(),
    v.transform((text) => text.length),
  ),
})

test('the same is sent of the same schema in zod 4, zod 3 and Valibot', () => {
  const sent = sentOf(four)
  expect(sent).toBeTypeOf('object')
  for (const schema of [three, valibot]) {
    const read = sentOf(schema)
    if (typeof sent === 'string' || typeof read === 'string') expect(read).toBe(sent)
    else expect(withoutPatterns(read.schema)).toEqual(withoutPatterns(sent.schema))
  }
})

/** Each library has a pattern of its own beside a format, and writes the same text in other ways. */
function withoutPatterns(form: unknown): unknown {
  return JSON.parse(JSON.stringify(form).replace(/, pattern [^"]*?(?=\)")|pattern [^"]*?(?=\)")/g, 'pattern'))
}

test('a schema that contains itself', async () => {
  interface Node {
    readonly name: string
    readonly parts: readonly Node[]
  }
  const inThree: z3.ZodType<Node> = z3.object({ name: z3.string(), parts: z3.array(z3.lazy(() => inThree)) })
  const inValibot: v.GenericSchema<Node> = v.object({
    name: v.string(),
    parts: v.array(v.lazy(() => inValibot)),
  })
  const listed = z3.object({ all: z3.lazy(() => inThree), more: z3.lazy(() => inThree) })
  const leaf = { name: 'b', parts: [] }
  for (const [schema, answer] of [
    [inThree, { name: 'a', parts: [leaf] }],
    [inValibot, { name: 'a', parts: [leaf] }],
    [listed, { all: leaf, more: leaf }],
  ] as const) {
    const strict = strictSchema(schema, 'x')
    expectStrict(strict.schema)
    expect(JSON.stringify(strict.schema)).toContain('$ref')
    expect(await schema['~standard'].validate(strict.decode(answer))).toMatchObject({ value: answer })
  }
})

const endless = (): z3.ZodTypeAny => z3.lazy(() => z3.object({ next: endless() }))

test.each<[string, StandardSchema, RegExp, RegExp]>([
  ['a date of zod 3', z3.object({ at: z3.date() }), /at at: it asks for a date/, /ISO string/],
  ['a date of Valibot', v.object({ in: v.array(v.date()) }), /at in\[\]: it asks for a date/, /ISO string/],
  ['a fixed big integer', z3.object({ n: z3.literal(1n) }), /at n: it asks for the value 1/, /ISO string/],
  ['the same of Valibot', v.object({ n: v.literal(1n) }), /at n: it asks for the value 1/, /ISO string/],
  ['anything', z3.object({ a: z3.any() }), /at a: it allows any value at all/, /named fields/],
  ['anything of Valibot', v.object({ a: v.unknown() }), /at a: it allows any value at all/, /named fields/],
  [
    'a step before',
    z3.object({ a: z3.preprocess(String, z3.string()) }),
    /z\.preprocess of zod 3/,
    /zod-to-json/,
  ],
  [
    'keys of numbers',
    z3.object({ a: z3.record(z3.number(), z3.string()) }),
    /keys that are no texts/,
    /named/,
  ],
  [
    'a bound that no keyword has',
    v.object({ a: v.pipe(v.string(), v.maxBytes(3)) }),
    /at a: v\.max_bytes of Valibot/,
    /toStandardJson/,
  ],
  [
    'a schema of its own kind',
    v.object({ a: v.custom(() => true) }),
    /at a: v\.custom of Valibot/,
    /toStandardJson/,
  ],
  ['parts without an end', endless(), /lazy parts that are new ones each time/, /zod-to-json-schema@3/],
])('refuses %s by its path', (_, schema, words, fix) => {
  try {
    strictSchema(schema, 'x')
    expect.unreachable()
  } catch (thrown) {
    expect(thrown).toMatchObject({
      code: 'E_SCHEMA',
      message: expect.stringMatching(words) as unknown,
      fix: expect.stringMatching(fix) as unknown,
    })
  }
})
