import { type } from 'arktype'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { StandardSchema } from '../../domain/standard-schema.ts'
import { expectStrict, fromJson } from '../../../test/support/strict-schemas.ts'
import { jsonSchema } from './plain-json-schema.ts'
import { strictSchema } from './schema.ts'

function propertyOf(schema: StandardSchema, key = 'a'): unknown {
  const { properties } = strictSchema(schema, 'x').schema
  return Reflect.get(Object(properties), key)
}

describe('strictSchema', () => {
  test('leaves a plain object schema alone but for closing it', () => {
    const strict = strictSchema(
      z.object({ headnote: z.string().describe('Two sentences.'), n: z.int() }),
      'headnotes',
    )
    expect(strict).toMatchObject({
      name: 'headnotes',
      rewrites: [],
      schema: {
        type: 'object',
        properties: { headnote: { type: 'string', description: 'Two sentences.' }, n: { type: 'integer' } },
        required: ['headnote', 'n'],
        additionalProperties: false,
      },
    })
    const answer = { headnote: 'x', n: 1 }
    expect(strict.decode(answer)).toBe(answer)
  })

  test('keeps a name to the characters and length that providers take', () => {
    expect(strictSchema(z.object({}), 'case notes/é').name).toBe('case_notes__')
    expect(strictSchema(z.object({}), 'x'.repeat(100)).name).toHaveLength(64)
    expect(strictSchema(z.object({}), '').name).toBe('answer')
  })

  test('tells constraints in the description, where the model reads them, and keeps none as keywords', () => {
    const schema = z.object({
      a: z.array(z.string()).max(8).describe('Topics.'),
      b: z.email(),
      c: z.int().min(1),
    })
    const { schema: strict, constraints } = strictSchema(schema, 'x')
    expect(strict['properties']).toEqual({
      a: { type: 'array', items: { type: 'string' }, description: 'Topics. (maxItems 8)' },
      b: { type: 'string', description: '(format email)' },
      c: { type: 'integer', description: '(minimum 1)' },
    })
    expect(constraints.map(({ path, words }) => `${path}: ${words}`)).toEqual([
      'a: maxItems 8',
      'b: its pattern',
      'b: format email',
      'c: minimum 1',
    ])
  })

  test('does not tell patterns that only cost tokens, nor keywords without a plain value', () => {
    const long = fromJson({
      type: 'object',
      properties: { a: { type: 'string', pattern: 'x'.repeat(200), maxLength: {} } },
    })
    expect(strictSchema(long, 'x').schema).toMatchObject({
      properties: { a: { anyOf: [{ type: 'string' }, { type: 'null' }] } },
    })
    expect(propertyOf(z.object({ a: z.string().regex(/^x$/) }))).toEqual({
      type: 'string',
      description: '(pattern ^x$)',
    })
    const unique = {
      type: 'object',
      properties: { a: { type: 'array', items: { type: 'null' }, uniqueItems: true } },
      required: ['a'],
    }
    expect(propertyOf(fromJson(unique))).toMatchObject({ description: '(uniqueItems true)' })
  })

  test('asks for an optional field as nullable and takes its null for absent', () => {
    const { schema, rewrites, decode } = strictSchema(
      z.object({ a: z.string().optional().describe('Why.') }),
      'x',
    )
    expect(schema['properties']).toEqual({
      a: { anyOf: [{ type: 'string' }, { type: 'null' }], description: 'Why.' },
    })
    expect(rewrites).toEqual(['a: optional, sent as nullable'])
    expect(decode({ a: null })).toEqual({})
    expect(decode({ a: 'x' })).toEqual({ a: 'x' })
  })

  test('adds null to an optional union rather than around it', () => {
    const { schema } = strictSchema(z.object({ a: z.union([z.string(), z.boolean()]).optional() }), 'x')
    expect(schema['properties']).toEqual({
      a: { anyOf: [{ type: 'string' }, { type: 'boolean' }, { type: 'null' }] },
    })
  })

  test('keeps a null that the user’s schema has itself', () => {
    for (const field of [z.string().nullish(), z.literal(['x', null]).optional(), z.null().optional()]) {
      const { decode, rewrites } = strictSchema(z.object({ a: field, b: z.string().optional() }), 'x')
      expect(rewrites).toContain('a: optional, always asked for')
      expect(decode({ a: null, b: null })).toEqual({ a: null })
    }
    const Maybe = z.string().nullable().meta({ id: 'Maybe' })
    expect(strictSchema(z.object({ a: Maybe.optional() }), 'x').decode({ a: null })).toEqual({ a: null })
    for (const nullable of [
      { const: null },
      { oneOf: [{ type: 'string' }, { type: 'null' }] },
      { allOf: [{ type: 'null' }] },
    ]) {
      const { decode } = strictSchema(
        fromJson({
          type: 'object',
          properties: { a: nullable, b: { type: 'object', properties: { c: nullable } } },
        }),
        'x',
      )
      expect(decode({ a: null, b: null })).toEqual({ a: null })
    }
  })

  test('lets defaults and transforms work on the answer', () => {
    const schema = z.object({
      a: z.number().default(3),
      when: z.iso.date().transform((text) => new Date(text)),
    })
    const { decode, rewrites } = strictSchema(schema, 'x')
    expect(rewrites).toContain('a: default dropped')
    expect(schema.parse(decode({ a: null, when: '2026-01-02' }))).toEqual({
      a: 3,
      when: new Date('2026-01-02'),
    })
  })

  test('sends oneOf as anyOf and says so', () => {
    const kind = z.discriminatedUnion('k', [
      z.object({ k: z.literal('a') }),
      z.object({ k: z.literal('b'), v: z.string().optional() }),
    ])
    const { schema, rewrites, decode } = strictSchema(z.object({ kind }), 'x')
    expectStrict(schema)
    expect(rewrites).toContain('kind: oneOf sent as anyOf')
    expect(decode({ kind: { k: 'b', v: null } })).toEqual({ kind: { k: 'b' } })
    expect(decode({ kind: { k: 'neither', v: null } })).toEqual({ kind: { k: 'neither', v: null } })
  })

  test('sends records as lists of key and value, and takes them back', () => {
    const { schema, decode, rewrites, constraints } = strictSchema(
      z.object({ a: z.record(z.string(), z.number()) }),
      'x',
    )
    expectStrict(schema)
    expect(rewrites).toEqual(['a: record sent as a list of key and value'])
    expect(constraints).toEqual([{ path: 'a', words: 'every key once', isSent: false }])
    expect(
      decode({
        a: [
          { key: 'x', value: 1 },
          { key: '__proto__', value: 2 },
        ],
      }),
    ).toEqual({ a: JSON.parse('{"x":1,"__proto__":2}') })
    const twice = [
      { key: 'x', value: 1 },
      { key: 'x', value: 2 },
    ]
    expect(() => decode({ a: twice })).toThrow('a: the key "x" is there twice')
    const numbers = strictSchema(z.object({ a: z.record(z.number(), z.string()) }), 'x')
    const one = [
      { key: '1', value: 'a' },
      { key: '1.0', value: 'b' },
    ]
    expect(() => numbers.decode({ a: one })).toThrow('a: the key "1.0" is there twice')
    expect(decode({ a: one })).toEqual({ a: { 1: 'a', '1.0': 'b' } })
  })

  test('tells a pattern whose flags change it, and has it enforced by nobody', () => {
    const of = (schema: z.ZodType): unknown => strictSchema(z.object({ a: schema }), 'x')
    expect(of(z.string().regex(/^x$/i))).toMatchObject({
      enforced: { properties: { a: { type: 'string', description: '(pattern /^x$/i)' } } },
      constraints: [{ path: 'a', words: 'pattern /^x$/i', isSent: false }],
    })
    expect(JSON.stringify(of(z.string().regex(/^x$/i)))).not.toContain('"pattern":')
    expect(of(z.string().regex(/^x$/u))).toMatchObject({
      enforced: { properties: { a: { pattern: '^x$' } } },
      constraints: [{ isSent: true }],
    })
    expect(of(z.string().regex(/^x/).regex(/y$/s))).toMatchObject({
      constraints: [
        { words: 'pattern ^x', isSent: true },
        { words: 'pattern /y$/s', isSent: false },
      ],
    })
  })

  test('tells the flags of patterns that other libraries keep, and not their sources alone', () => {
    const of = (schema: StandardSchema): unknown =>
      strictSchema(schema, 'x').constraints.map(({ path, words, isSent }) => [path, words, isSent])
    const told = [['a', 'pattern /^x$/i', false]]
    expect(of(type({ a: /^x$/i }))).toEqual(told)
    expect(of(type({ a: type(/^x$/i).array() }))).toEqual([['a[]', 'pattern /^x$/i', false]])
    expect(of(type({ a: /^x$/ }))).toEqual([['a', 'pattern ^x$', true]])
    const json = (pattern: unknown): object => ({
      type: 'object',
      properties: { a: { type: 'string', pattern } },
      required: ['a'],
    })
    // As TypeBox has it: the expression itself, which JSON would make an empty object of.
    expect(of(jsonSchema(json(/^x$/i), () => true))).toEqual(told)
    expect(of(jsonSchema(json(/^x$/), () => true))).toEqual([['a', 'pattern ^x$', true]])
    // As Effect and zod 3: a JSON Schema of sources, and a schema that knows more.
    const fits = { version: 1, vendor: 'other', validate: (value: unknown) => ({ value }) } as const
    const schema = { '~standard': fits, ast: { annotations: { [Symbol('pattern')]: { regex: /^x$/i } } } }
    expect(of(jsonSchema(json('^x$'), schema))).toEqual(told)
  })

  test('sends a record of known keys as the object that it is', () => {
    const keys = z.enum(['p', 'q'])
    expect(propertyOf(z.object({ a: z.record(keys, z.string()) }))).toMatchObject({ required: ['p', 'q'] })
    const { decode } = strictSchema(z.object({ a: z.partialRecord(keys, z.string()) }), 'x')
    expect(decode({ a: { p: 'x', q: null } })).toEqual({ a: { p: 'x' } })
  })

  test('sends tuples as objects, and takes them back', () => {
    const schema = z.object({
      a: z.tuple([z.string(), z.number().optional()]),
      b: z.tuple([z.string()], z.number()),
    })
    const { schema: strict, decode } = strictSchema(schema, 'x')
    expectStrict(strict)
    expect(decode({ a: { item1: 'x', item2: null }, b: { item1: 'y', rest: [1, 2] } })).toEqual({
      a: ['x'],
      b: ['y', 1, 2],
    })
    expect(decode({ a: { item1: 'x', item2: 5 }, b: { item1: 'y', rest: null } })).toEqual({
      a: ['x', 5],
      b: ['y'],
    })
    expect(decode({ a: {}, b: ['y', 1] })).toEqual({ a: [], b: ['y', 1] })
  })

  test('takes every position of an open tuple for optional', () => {
    const open = fromJson({
      type: 'object',
      properties: { a: { type: 'array', prefixItems: [{ type: 'string' }] } },
      required: ['a'],
    })
    expect(strictSchema(open, 'x').decode({ a: { item1: null } })).toEqual({ a: [] })
  })

  test('wraps a root that is no object, and unwraps the answer', () => {
    const { schema, decode, rewrites } = strictSchema(z.array(z.string()), 'x')
    expect(schema['properties']).toEqual({ value: { type: 'array', items: { type: 'string' } } })
    expect(rewrites).toEqual(['(root): wrapped in an object'])
    expect(decode({ value: ['x'] })).toEqual(['x'])
    expect(decode(['x'])).toEqual(['x'])
    expect(decode('x')).toBe('x')
  })

  test('keeps recursion, also where the root is wrapped', () => {
    const Tree = z.object({
      name: z.string(),
      get children() {
        return z.array(Tree).optional()
      },
    })
    const tree = strictSchema(Tree, 'x')
    expectStrict(tree.schema)
    expect(JSON.stringify(tree.schema)).toContain('"$ref":"#"')
    expect(tree.decode({ name: 'a', children: [{ name: 'b', children: null }] })).toEqual({
      name: 'a',
      children: [{ name: 'b' }],
    })

    const wrapped = strictSchema(
      fromJson({
        anyOf: [{ type: 'string' }, { type: 'array', items: { $ref: '#' } }],
        $defs: { root: { type: 'null' } },
      }),
      'x',
    )
    expectStrict(wrapped.schema)
    expect(wrapped.schema['properties']).toEqual({ value: { $ref: '#/$defs/root_' } })
    expect(wrapped.decode({ value: [['x'], 'y'] })).toEqual([['x'], 'y'])
  })

  test('keeps named definitions, and takes a root that names one for it', () => {
    const Point = z.object({ x: z.number(), label: z.string().optional() }).meta({ id: 'Point' })
    const { schema, decode } = strictSchema(z.object({ from: Point, to: z.array(Point) }), 'x')
    expectStrict(schema)
    expect(schema).toMatchObject({ properties: { from: { $ref: '#/$defs/Point' } } })
    expect(decode({ from: { x: 1, label: null }, to: [{ x: 2, label: 'b' }] })).toEqual({
      from: { x: 1 },
      to: [{ x: 2, label: 'b' }],
    })
    const twice = { A: { anyOf: [{ $ref: '#/$defs/B' }, { $ref: '#/$defs/B' }] }, B: { type: 'string' } }
    expect(strictSchema(fromJson({ $ref: '#/$defs/A', $defs: twice }), 'x').decode({ value: 'b' })).toBe('b')
    const named = fromJson({
      $ref: '#/$defs/A',
      $defs: { A: { type: 'object', properties: {}, additionalProperties: false } },
    })
    expect(strictSchema(named, 'x').schema).toMatchObject({ type: 'object', properties: {} })
  })

  test('groups mixed fixed values by type', () => {
    expect(propertyOf(z.object({ a: z.literal([1, 'x', null, true]) }))).toEqual({
      anyOf: [
        { type: 'number', enum: [1] },
        { type: 'string', enum: ['x'] },
        { type: 'null' },
        { type: 'boolean', enum: [true] },
      ],
    })
    expect(propertyOf(z.object({ a: z.enum(['x', 'y']).describe('Which.') }))).toEqual({
      type: 'string',
      enum: ['x', 'y'],
      description: 'Which.',
    })
  })

  test('merges an intersection of one part and closes loose objects', () => {
    expect(
      propertyOf(
        fromJson({
          type: 'object',
          properties: { a: { allOf: [{ type: 'string' }], description: 'One.' } },
          required: ['a'],
        }),
      ),
    ).toEqual({
      type: 'string',
      description: 'One.',
    })
    expect(strictSchema(z.looseObject({ a: z.string() }), 'x').rewrites).toEqual([
      '(root): further keys are not asked for',
    ])
    expect(
      strictSchema(
        fromJson({ type: 'object', properties: { a: { type: 'null' } }, additionalProperties: true }),
        'x',
      ).rewrites,
    ).toContain('(root): further keys are not asked for')
  })

  test('takes arktype’s schemas as well', () => {
    const Ark = type({
      a: 'string',
      'b?': 'number',
      c: "'x' | 'y'",
      d: { '[string]': 'number' },
      e: ['string', 'number'],
      f: 'string | null',
    })
    const { schema, decode } = strictSchema(Ark, 'x')
    expectStrict(schema)
    const user = decode({
      a: 'x',
      b: null,
      c: 'y',
      d: [{ key: 'k', value: 1 }],
      e: { item1: 's', item2: 2 },
      f: null,
    })
    expect(user).toEqual({ a: 'x', c: 'y', d: { k: 1 }, e: ['s', 2], f: null })
    expect(Ark(user)).toEqual(user)
  })
})
