import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { fromJson } from '../../../test/support/strict-schemas.ts'
import { OffpeakError } from '../../domain/errors.ts'
import type { StandardSchema } from '../../domain/standard-schema.ts'
import type { Json } from './json-schema.ts'
import { strictSchema } from './schema.ts'

function refusal(schema: StandardSchema): OffpeakError {
  try {
    strictSchema(schema, 'x')
  } catch (thrown) {
    if (thrown instanceof OffpeakError) return thrown
  }
  throw new Error('the schema was not refused')
}

describe('strictSchema refuses with E_SCHEMA and the path', () => {
  const inside = (field: z.ZodType): StandardSchema =>
    z.object({ ok: z.string(), topics: z.array(z.object({ when: field })) })

  test.each<[string, z.ZodType, RegExp]>([
    ['dates', z.date(), /Date cannot be represented/],
    ['big integers', z.bigint(), /BigInt/],
    ['functions', z.function(), /Function/],
    ['transforms of what JSON cannot hold', z.date().transform(String), /Date/],
    ['maps', z.map(z.string(), z.string()), /Map/],
    ['custom types', z.custom<string>(() => true), /Custom/],
    ['undefined', z.undefined(), /Undefined/],
    ['anything', z.any(), /any value at all/],
    ['unknown', z.unknown(), /any value at all/],
    ['never', z.never(), /no value at all/],
    ['files', z.file(), /a file/],
    ['free keys next to named ones', z.object({ a: z.string() }).catchall(z.number()), /free keys/],
    ['records of anything', z.record(z.string(), z.unknown()), /any value at all/],
  ])('%s', (_, field, words) => {
    const error = refusal(inside(field))
    expect(error.code).toBe('E_SCHEMA')
    expect(error.message).toMatch(/topics\[\]\.when/)
    expect(error.message).toMatch(words)
    expect(error.where).toContain('topics[].when')
    expect(error.fix).toContain('ISO string')
    expect(error.money).toBe('no')
  })

  test('a field that is called __proto__, by whatever library', () => {
    const field = Object.fromEntries([['__proto__', z.string()]])
    const error = refusal(z.object({ list: z.array(z.object(field)) }))
    expect(error.message).toMatch(/a field "__proto__" \(list\[\]\.__proto__\)/)
    expect(error.where).toBe('output, list[].__proto__')
    const properties = Object.fromEntries([['__proto__', { type: 'string' }]])
    expect(refusal(fromJson({ type: 'object', properties })).code).toBe('E_SCHEMA')
  })

  test('a root that is anything at all', () => {
    expect(refusal(z.any()).message).toMatch(/at its root: it allows any value at all/)
    expect(refusal(z.date()).message).toMatch(/at its root: Date/)
  })

  test.each<[string, Json, RegExp]>([
    ['true', { type: 'array', items: true }, /\[\]: it allows any value/],
    ['lists of anything', { type: 'array' }, /any value/],
    ['objects of any shape', { type: 'object' }, /an object with any keys/],
    ['empty enums', { enum: [] }, /an empty enum/],
    ['fixed objects', { const: {} }, /no string, number/],
    ['empty intersections', { allOf: [] }, /any value/],
    [
      'intersections of what excludes each other',
      { allOf: [{ type: 'string' }, { type: 'null' }] },
      /no value at all/,
    ],
    [
      'a property that another part of an intersection has no room for',
      {
        allOf: [
          { type: 'object', properties: { a: { type: 'null' } }, additionalProperties: false },
          { type: 'object', properties: { b: { type: 'null' } }, required: ['b'] },
        ],
      },
      /at b: it allows no value at all/,
    ],
    [
      'intersections of lists of positions',
      { allOf: [{ prefixItems: [true] }, { prefixItems: [{}] }] },
      /of lists with positions/,
    ],
    [
      'an intersection with itself',
      { $ref: '#/$defs/A', $defs: { A: { allOf: [{ $ref: '#/$defs/A' }, { type: 'null' }] } } },
      /itself without an end/,
    ],
    ['fixed values of another type', { type: 'string', enum: [1, null] }, /no value at all/],
    [
      'bounds that exclude each other',
      { type: 'number', minimum: 2, maximum: 1 },
      /no value at all, by its bounds/,
    ],
    [
      'required fields that nothing describes',
      { type: 'object', properties: {}, required: ['a'] },
      /at a: it allows any value/,
    ],
    [
      'a value that always has another one inside',
      { type: 'object', properties: { next: { $ref: '#' } }, required: ['next'] },
      /itself without an end/,
    ],
    ['unknown references', { $ref: '#/$defs/Gone' }, /a reference to #\/\$defs\/Gone/],
    [
      'references to elsewhere',
      { type: 'array', items: { $ref: 'https://example.com/schema' } },
      /a reference to https/,
    ],
    [
      'patterns of keys next to named ones',
      { type: 'object', properties: { a: { type: 'null' } }, patternProperties: { '^b': { type: 'null' } } },
      /free keys next to named ones/,
    ],
    ['two patterns of keys', { type: 'object', patternProperties: { a: {}, b: {} } }, /free keys next to/],
    [
      'an optional name for itself',
      {
        type: 'object',
        properties: { a: { $ref: '#/$defs/A' } },
        $defs: { A: { anyOf: [{ $ref: '#/$defs/A' }] } },
      },
      /itself without an end/,
    ],
    ['a name for itself', { anyOf: [{ $ref: '#' }, { type: 'string' }] }, /itself without an end/],
    [
      'names in a circle',
      {
        $ref: '#/$defs/A',
        $defs: {
          A: { $ref: '#/$defs/B' },
          B: { anyOf: [{ $ref: '#/$defs/A' }, { anyOf: [{ type: 'null' }] }] },
        },
      },
      /itself without an end/,
    ],
  ])('%s', (_, json, words) => {
    const error = refusal(fromJson(json))
    expect(error.code).toBe('E_SCHEMA')
    expect(error.message).toMatch(words)
  })

  test('a validator without JSON Schema, with what to do about it', () => {
    const plain = (vendor: string): StandardSchema => ({
      '~standard': { version: 1, vendor, validate: (value) => ({ value }) },
    })
    expect(refusal(plain('effect'))).toMatchObject({
      code: 'E_SCHEMA',
      fix: expect.stringContaining('toStandardJSONSchemaV1') as unknown,
    })
    expect(refusal(plain('other')).fix).toContain('zod, Valibot and arktype 2 need none')
  })

  test('a validator that fails for a reason of its own', () => {
    const broken = fromJson({})
    const input = (): never => {
      throw new Error('duplicate id')
    }
    const standard = { ...broken['~standard'], jsonSchema: { input, output: input } }
    expect(refusal({ '~standard': standard }).message).toMatch(
      /cannot be expressed as JSON Schema: duplicate id/,
    )
    let calls = 0
    const once = (): Json => {
      calls += 1
      if (calls === 1) throw new Error('cycle')
      return { type: 'object', properties: {} }
    }
    expect(
      refusal({ '~standard': { ...standard, jsonSchema: { input: once, output: once } } }).message,
    ).toMatch(/: cycle/)
  })
})
