import { Ajv2020 } from 'ajv/dist/2020.js'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { expectStrict } from '../../../test/support/strict-schemas.ts'
import { OffpeakError } from '../../domain/errors.ts'
import { answersTo } from '../../../test/support/strict-answers.ts'
import { onceWords } from './conversion/convert-object.ts'
import type { Json } from './json-schema.ts'
import { jsonSchema } from './plain-json-schema.ts'
import { strictSchema, type StrictSchema } from './schema.ts'

const names = fc.constantFrom('a', 'b', 'key', 'value', 'option', 'item1')
const scalars = fc.constantFrom<Json>(
  { type: 'string' },
  { type: 'string', pattern: '^[a-c]{1,2}$' },
  { type: 'number', minimum: 2, exclusiveMaximum: 4 },
  { type: 'integer', multipleOf: 3, maximum: 9 },
  { type: 'boolean' },
  { type: 'null' },
  { const: 'x' },
  { enum: ['x', 'y', 2, null] },
  { type: ['string', 'null'], enum: ['x', null] },
  { type: ['integer', 'boolean'] },
  { $ref: '#/$defs/Node' },
  { $ref: '#/$defs/odd name', description: 'Described here.' },
)
const schemas = fc.letrec<{ value: Json; object: Json }>((tie) => {
  const value = tie('value')
  const object = fc
    .uniqueArray(fc.record({ name: names, of: value, required: fc.boolean() }), {
      selector: (made) => made.name,
      maxLength: 3,
    })
    .map((fields): Json => ({
      type: 'object',
      properties: Object.fromEntries(fields.map(({ name, of }) => [name, of])),
      required: fields.filter(({ required }) => required).map(({ name }) => name),
    }))
  const pair = fc.tuple(value, value)
  return {
    object,
    value: fc.oneof(
      { maxDepth: 4 },
      scalars,
      fc.record({ type: fc.constant('array'), items: value, minItems: fc.constantFrom(0, 1, 2) }),
      fc.record({ type: fc.constant('object'), additionalProperties: value }),
      pair.map(([one, two]): Json => ({ type: 'array', prefixItems: [one, two], minItems: 1, items: false })),
      object,
      pair.map(([one, two]): Json => ({ anyOf: [one, two] })),
      fc
        .tuple(tie('object'), tie('object'), tie('object'))
        .map(([one, two, three]): Json => ({ anyOf: [one, two, three] })),
      fc.tuple(tie('object'), tie('object')).map((both): Json => ({ allOf: both })),
      fc
        .tuple(tie('object'), value, value)
        .map(([one, two, three]): Json => ({ ...one, anyOf: [two, three] })),
    ),
  }
})
const root = schemas.value.map((value): Json => ({
  ...value,
  $defs: {
    Node: {
      type: 'object',
      properties: { n: { type: 'number' }, next: { $ref: '#/$defs/Node' } },
      required: ['n'],
    },
    'odd name': { type: 'object', properties: { n: { type: 'string' } }, required: ['n'] },
    unused: { not: {} },
  },
}))

/** The strict form; null: the schema is refused. */
function accepted(json: Json): StrictSchema | null {
  try {
    return strictSchema(
      jsonSchema(json, () => true),
      'x',
    )
  } catch (thrown) {
    if (thrown instanceof OffpeakError && thrown.code === 'E_SCHEMA') return null
    throw thrown
  }
}

/** Made once: it compiles the schema of schemas first, which is most of its work. */
const ajv = new Ajv2020({ strict: false })

test('any answer that fits what is sent validates, whatever schema is accepted', () => {
  let taken = 0
  fc.assert(
    fc.property(root, fc.infiniteStream(fc.nat()), (json, choices) => {
      const strict = accepted(json)
      if (strict === null) return
      taken += 1
      expectStrict(strict.schema)
      const validate = ajv.compile(json)
      const sent = ajv.compile(strict.enforced)
      for (const answer of answersTo(strict.enforced, choices, 5)) {
        expect(sent(answer), JSON.stringify(answer)).toBe(true)
        if (strict.constraints.some(({ isSent, words }) => !isSent && words !== onceWords)) continue
        const decoded = strict.decode(answer)
        expect(
          validate(decoded),
          JSON.stringify({ answer, decoded, form: strict.enforced, why: validate.errors }),
        ).toBe(true)
      }
    }),
    { numRuns: 60 },
  )
  expect(taken).toBeGreaterThan(20)
})
