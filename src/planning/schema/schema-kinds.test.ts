import { Ajv } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { expectStrict, fromJson } from '../../../test/support/strict-schemas.ts'
import type { Json } from './json-schema.ts'
import { jsonSchema } from './plain-json-schema.ts'
import { strictSchema } from './schema.ts'

const object = (properties: Json, more: Json = {}): Json => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  ...more,
})
const of = (json: Json): ReturnType<typeof strictSchema> => {
  const strict = strictSchema(fromJson(json), 'x')
  expectStrict(strict.schema)
  return strict
}
const fieldOf = (json: Json, name = 'a'): unknown => Reflect.get(Object(of(json).schema['properties']), name)

describe('references', () => {
  const Number = { type: 'number' }

  test('lead to definitions of any draft, to parts of the schema, to names of its own, and through escapes', () => {
    const strict = of({
      ...object({
        a: { $ref: '#/definitions/a~1b%20c' },
        b: { $ref: '#/properties/d/properties/e~0f' },
        c: { $ref: '#here' },
        d: object({ 'e~f': { type: 'string' } }),
        e: { $ref: 'T0' },
      }),
      definitions: { 'a/b c': Number, x: { $anchor: 'here', type: 'boolean' } },
      $defs: { y: { $id: 'T0', type: 'null' } },
    })
    expect(strict.schema).toMatchObject({
      properties: {
        a: { $ref: '#/$defs/a_b_c' },
        b: { $ref: '#/$defs/properties_d_properties_e_f' },
        c: { $ref: '#/$defs/here' },
        e: { $ref: '#/$defs/T0' },
      },
      $defs: { a_b_c: Number, properties_d_properties_e_f: { type: 'string' }, here: { type: 'boolean' } },
    })
  })

  test('keep names that are safe, and give unsafe ones another that nobody has', () => {
    const json = object(
      { a: { $ref: '#/$defs/My Point' }, b: { $ref: '#/$defs/My_Point' }, c: { $ref: '#/$defs/My+Point' } },
      { $defs: { 'My Point': Number, My_Point: { type: 'string' }, 'My+Point': { type: 'null' } } },
    )
    expect(of(json).schema['$defs']).toEqual({
      My_Point: { type: 'string' },
      My_Point_: Number,
      My_Point__: { type: 'null' },
    })
  })

  test('keep a description next to them, also where the field is optional', () => {
    const Point = z.object({ x: z.number() }).meta({ id: 'Point', description: 'A point.' })
    const { schema } = strictSchema(
      z.object({ a: Point.describe('Where from.'), b: Point.optional().describe('Where to.'), c: Point }),
      'x',
    )
    expect(schema['properties']).toEqual({
      a: { anyOf: [{ $ref: '#/$defs/Point' }], description: 'Where from.' },
      b: { anyOf: [{ $ref: '#/$defs/Point' }, { type: 'null' }], description: 'Where to.' },
      c: { $ref: '#/$defs/Point' },
    })
  })

  test('need no definition to be good that nobody refers to', () => {
    expect(
      of({ ...object({ a: Number }), $defs: { unused: { not: { type: 'null' } } } }).schema,
    ).not.toHaveProperty('$defs')
  })

  test('are taken together with what bounds them further', () => {
    const json = object(
      { a: { $ref: '#/$defs/N', minimum: 3, description: 'Three or more.' } },
      { $defs: { N: { type: 'number', maximum: 9, description: 'Up to nine.' } } },
    )
    expect(fieldOf(json)).toEqual({
      type: 'number',
      description: 'Three or more. Up to nine. (minimum 3, maximum 9)',
    })
  })
})

describe('intersections', () => {
  test('of objects are one object, with the tighter of two bounds', () => {
    const json = {
      allOf: [
        { $ref: '#/$defs/Base' },
        object({ b: { type: ['integer', 'null'] }, c: { type: 'string', maxLength: 9 } }),
      ],
      $defs: {
        Base: {
          type: 'object',
          properties: { a: { type: 'boolean' }, b: { type: 'number' }, c: { maxLength: 5 } },
        },
      },
    }
    expect(of(json).schema).toMatchObject({
      properties: {
        a: { anyOf: [{ type: 'boolean' }, { type: 'null' }] },
        b: { type: 'integer' },
        c: { type: 'string', description: '(maxLength 5)' },
      },
    })
  })

  test('with a union hold for each of its options, and options that cannot be met are left out', () => {
    const json = {
      ...object({ id: { type: 'string' } }),
      anyOf: [
        { properties: { a: { type: 'number' } }, required: ['a'] },
        { properties: { b: { type: 'null' } }, required: ['b'] },
        { type: 'array' },
      ],
    }
    expect(fieldOf(json, 'value')).toMatchObject({
      anyOf: [
        { properties: { id: { type: 'string' }, a: { type: 'number' } } },
        { properties: { id: { type: 'string' }, b: { type: 'null' } } },
      ],
    })
    const twice = object({
      a: {
        allOf: [
          { anyOf: [{ type: 'string' }, { type: 'null' }] },
          { oneOf: [{ type: 'null' }, { type: 'number' }] },
        ],
      },
    })
    expect(fieldOf(twice)).toEqual({ anyOf: [{ type: 'null' }] })
  })

  test('of two patterns are told both, and one is enough of what both say', () => {
    const { schema, enforced } = strictSchema(
      z.object({
        a: z
          .string()
          .regex(/^[a-z]+$/)
          .regex(/x/),
      }),
      'x',
    )
    expect(schema['properties']).toEqual({
      a: { type: 'string', description: '(pattern ^[a-z]+$, pattern x)' },
    })
    expect(enforced['properties']).toMatchObject({ a: { pattern: '^[a-z]+$' } })
    const both = { allOf: [{ enum: [1, 2, 'x'] }, { enum: [2, 3, 'x'], type: 'number' }, { multipleOf: 2 }] }
    expect(fieldOf(object({ a: both }))).toEqual({ type: 'number', enum: [2], description: '(multipleOf 2)' })
  })
})

describe('lists and objects', () => {
  test('of positions are taken as former drafts write them, with what may follow', () => {
    const json = object({
      a: {
        type: 'array',
        items: [{ type: 'string' }, { type: 'number' }],
        additionalItems: false,
        minItems: 2,
      },
      b: { prefixItems: [{ type: 'string' }], items: { type: 'null' }, minItems: 2, maxItems: 4 },
    })
    const { schema, enforced, decode } = of(json)
    expect(schema).toMatchObject({ properties: { a: { required: ['item1', 'item2'] } } })
    expect(enforced).toMatchObject({
      properties: { b: { properties: { rest: { type: 'array', minItems: 1, maxItems: 3 } } } },
    })
    expect(decode({ a: { item1: 'x', item2: 1 }, b: { item1: 'y', rest: [null] } })).toEqual({
      a: ['x', 1],
      b: ['y', null],
    })
  })

  test('with free keys of one pattern are records, whose keys are told it', () => {
    const json = object({
      a: { type: 'object', patternProperties: { '^.*$': { type: 'number' } } },
      b: { type: 'object', patternProperties: { '^k\\d$': { type: 'null' } }, minProperties: 1 },
    })
    const { schema, enforced } = of(json)
    expect(schema).toMatchObject({
      properties: {
        a: { items: { properties: { key: { type: 'string' } } } },
        b: {
          items: { properties: { key: { type: 'string', description: '(pattern ^k\\d$)' } } },
          description: '(minProperties 1)',
        },
      },
    })
    expect(enforced).toMatchObject({
      properties: { b: { minItems: 1, items: { properties: { key: { pattern: '^k\\d$' } } } } },
    })
  })

  test('that may not have a field are not asked for it', () => {
    const { schema, rewrites } = strictSchema(z.object({ a: z.null(), b: z.never().optional() }), 'x')
    expect(schema['required']).toEqual(['a'])
    expect(rewrites).toEqual(['b: never there, not asked for'])
  })

  test('need no type where their parts say it, and fixed values only those of their type', () => {
    const json = { properties: { a: { items: { type: 'string', enum: ['x', null, 'x'] } } }, required: ['a'] }
    expect(fieldOf(json)).toEqual({ type: 'array', items: { type: 'string', enum: ['x'] } })
  })
})

describe('options that begin with the same key', () => {
  const kind = (value: string, first = 't'): Json =>
    object({ [first]: { type: 'string' }, kind: { const: value } })
  const optionsOf = (json: Json): readonly unknown[] => {
    const list: unknown = Reflect.get(Object(fieldOf(object({ a: json }))), 'anyOf')
    return Array.isArray(list) ? list : []
  }
  const firstKeys = (json: Json): readonly (string | undefined)[] =>
    optionsOf(json).map((option) => Object.keys(Object(Reflect.get(Object(option), 'properties')))[0])

  test('are written with the key first that tells them apart, or with one of their own', () => {
    expect(firstKeys({ anyOf: [kind('one'), kind('two')] })).toEqual(['kind', 'kind'])
    expect(firstKeys({ anyOf: [object({ t: {}, a: {} }), object({ t: {}, b: {} })].map(withNulls) })).toEqual(
      ['a', 'b'],
    )
    expect(firstKeys({ anyOf: [kind('one', 'p'), kind('two', 'q')] })).toEqual(['p', 'q'])
    const { schema, rewrites } = of(object({ a: { anyOf: [kind('one'), kind('two')] } }))
    // The order of what is required stays, so that a record still means what it meant.
    expect(schema).toMatchObject({ properties: { a: { anyOf: [{ required: ['t', 'kind'] }, {}] } } })
    expect(rewrites).toEqual(['a: options that begin alike, written with `kind` first'])
  })

  test('are put into an object with a tag where no key tells them apart, and taken out of it', () => {
    const json = object({
      a: { anyOf: [{ type: 'null' }, object({ x: { type: 'string' } }), object({ x: { type: 'number' } })] },
    })
    const { schema, decode, rewrites } = of(json)
    expect(rewrites).toEqual(['a: options that begin alike, told apart by a field `option`'])
    expect(schema).toMatchObject({
      properties: {
        a: {
          anyOf: [
            { type: 'null' },
            { properties: { option: { enum: ['1'] }, value: { properties: { x: { type: 'string' } } } } },
            { properties: { option: { enum: ['2'] }, value: { properties: { x: { type: 'number' } } } } },
          ],
        },
      },
    })
    expect(decode({ a: { option: '2', value: { x: 5 } } })).toEqual({ a: { x: 5 } })
    expect(decode({ a: { option: '2', value: { x: 'no number' } } })).toEqual({ a: { x: 'no number' } })
    expect(decode({ a: { x: 'without a tag' } })).toEqual({ a: { x: 'without a tag' } })
    expect(decode({ a: null })).toEqual({ a: null })
  })

  test('are tagged where they share a definition that another union needs in another order', () => {
    const one = (key: string): Json => withNulls(object({ n: {}, [key]: {} }))
    const json = object(
      {
        a: { anyOf: [{ $ref: '#/$defs/A' }, { $ref: '#/$defs/B' }] },
        b: { anyOf: [{ $ref: '#/$defs/B' }, { $ref: '#/$defs/C' }] },
      },
      { $defs: { A: one('x'), B: withNulls(object({ n: {}, x: {}, y: {} })), C: one('y') } },
    )
    const { schema } = of(json)
    expect(Reflect.get(Object(fieldOf(json, 'b')), 'anyOf')).toMatchObject([
      { properties: { option: { enum: ['1'] } } },
      { properties: { option: { enum: ['2'] } } },
    ])
    expectStrict(schema)
  })
})

function withNulls(json: Json): Json {
  const names = Object.keys(Object(json['properties']))
  return { ...json, properties: Object.fromEntries(names.map((name) => [name, { type: 'null' }])) }
}

describe('the bounds of a schema', () => {
  const bounds = z.object({
    text: z.string().min(2).max(80),
    name: z.string().regex(/^[A-Z]{2}$/),
    look: z.string().regex(/^(?!x)/),
    mail: z.email(),
    link: z.url(),
    n: z.number().gt(0).lte(1).multipleOf(0.25),
    list: z.array(z.int()).min(1).max(3),
    xor: z.xor([z.object({ a: z.string() }), z.object({ b: z.string().optional() })]),
  })

  test('are keywords for services that enforce them, as far as these do', () => {
    const { schema, enforced } = strictSchema(bounds, 'x')
    expectStrict(schema)
    expect(enforced['properties']).toMatchObject({
      name: { pattern: '^[A-Z]{2}$' },
      mail: { format: 'email' },
      n: { exclusiveMinimum: 0, maximum: 1, multipleOf: 0.25 },
      list: { minItems: 1, maxItems: 3 },
    })
    for (const name of ['text', 'look', 'mail', 'link'])
      expect(Reflect.get(Object(enforced['properties']), name)).not.toHaveProperty('pattern')
  })

  test('are named where nothing but the judgement of an answer holds to them', () => {
    const only = strictSchema(bounds, 'x').constraints.filter(({ isSent }) => !isSent)
    expect(only.map(({ path, words }) => `${path}: ${words}`)).toEqual([
      'text: minLength 2',
      'text: maxLength 80',
      'look: pattern ^(?!x)',
      'mail: its pattern',
      'link: format uri',
      'xor: only one of its options',
    ])
  })
})

describe('schemas of other libraries come with what they give', () => {
  test('TypeBox: its schemas are JSON Schemas, and a function judges the answers', () => {
    // What TypeBox 1.4 writes for an object with a record, a tuple, a union of literals and an intersection.
    const json = {
      ...object({
        c: { type: 'object', patternProperties: { '^.*$': { type: 'number' } } },
        d: {
          type: 'array',
          additionalItems: false,
          items: [{ type: 'string' }, { type: 'number' }],
          minItems: 2,
        },
        e: {
          anyOf: [
            { type: 'string', const: 'a' },
            { type: 'string', const: 'b' },
          ],
        },
        f: { allOf: [object({ x: { type: 'string' } }), object({ y: { type: 'string' } })] },
      }),
    }
    const schema = jsonSchema(json, new Ajv({ strict: false }).compile(json))
    const { decode } = strictSchema(schema, 'x')
    const good = decode({
      c: [{ key: 'k', value: 1 }],
      d: { item1: 's', item2: 2 },
      e: 'b',
      f: { x: '', y: '' },
    })
    expect(schema['~standard'].validate(good)).toEqual({ value: good })
    expect(schema['~standard'].validate({ ...Object(good), e: 'c' })).toMatchObject({
      issues: [{ path: ['e'], message: expect.stringContaining('constant') as unknown }],
    })
    const silent = jsonSchema(json, () => false)
    expect(silent['~standard'].validate(good)).toEqual({ issues: [{ message: 'does not fit the schema' }] })
  })

  test('zod 3, Effect 3 and others: the JSON Schema apart, and the schema itself judges', () => {
    const own = z.object({ a: z.string().min(2) })
    // What zod-to-json-schema 3.25 writes.
    const json = {
      $ref: '#/definitions/P',
      definitions: { P: object({ a: { type: 'string', minLength: 2 } }, { additionalProperties: false }) },
      $schema: 'http://json-schema.org/draft-07/schema#',
    }
    const schema = jsonSchema(json, own)
    expect(strictSchema(schema, 'x').schema).toMatchObject({
      properties: { a: { description: '(minLength 2)' } },
    })
    expect(schema['~standard'].validate({ a: 'x' })).toMatchObject({ issues: [{}] })
  })

  test('Effect 4 and Valibot: names with a slash, numbers as names, and what is open is closed', () => {
    // What Schema.toStandardJSONSchemaV1 of Effect 4.1 gives for a class, and @valibot/to-json-schema 1.7 for v.lazy.
    const effect = object(
      { p: { $ref: '#/$defs/My~1PersonEncoded' } },
      {
        additionalProperties: true,
        $defs: { 'My/PersonEncoded': object({ name: { type: 'string' } }, { additionalProperties: true }) },
      },
    )
    expect(of(effect).schema).toMatchObject({ properties: { p: { $ref: '#/$defs/My_PersonEncoded' } } })
    const valibot = object(
      { c: { $ref: '#/$defs/0' } },
      { $defs: { 0: { type: 'array', items: object({ c: { $ref: '#/$defs/0' } }) } } },
    )
    expect(of(valibot).decode({ c: [{ c: [] }] })).toEqual({ c: [{ c: [] }] })
  })

  test('Ajv judges by the draft that the schema is written in', () => {
    const json = object({ a: { type: 'integer', minimum: 1 } })
    const schema = jsonSchema<{ a: number }>(json, new Ajv2020().compile(json))
    expect(schema['~standard'].validate({ a: 0 })).toMatchObject({ issues: [{ path: ['a'] }] })
  })
})
