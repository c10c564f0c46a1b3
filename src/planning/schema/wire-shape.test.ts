import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { fromJson } from '../../../test/support/strict-schemas.ts'
import { strictSchema } from './schema.ts'

describe('decoding what a model really writes', () => {
  test('passes what has another shape on to the user’s validation', () => {
    const schema = z.object({
      a: z.array(z.object({ b: z.string().optional() })),
      c: z.record(z.string(), z.string()),
      d: z.tuple([z.string()]),
    })
    const { decode } = strictSchema(schema, 'x')
    for (const odd of [
      null,
      5,
      'x',
      [],
      { a: 1, c: 2, d: 3 },
      { a: [1, null], c: [{ key: 1 }], d: null, extra: [] },
      { c: { k: 'v' }, d: ['x'] },
    ]) {
      expect(decode(odd)).toEqual(odd)
    }
  })

  test('finds the right member of a union by the shape of what was written', () => {
    const Inner = z.object({ n: z.int(), o: z.string().optional() })
    const schema = z.object({
      a: z.union([
        z.record(z.string(), z.boolean()),
        z.tuple([z.string()], z.int()),
        z.tuple([z.boolean()]),
        z.array(Inner),
        Inner,
        z.literal(['x', 'y']),
        z.null(),
        z.boolean(),
        z.number(),
      ]),
    })
    const { decode } = strictSchema(schema, 'x')
    const pairs: [unknown, unknown][] = [
      [[{ key: 'k', value: true }], { k: true }],
      [{ item1: 's', rest: [1] }, ['s', 1]],
      [{ item1: true }, [true]],
      [[{ n: 1, o: null }], [{ n: 1 }]],
      [{ n: 1, o: null }, { n: 1 }],
      [
        { n: 1.5, o: null },
        { n: 1.5, o: null },
      ],
      ['x', 'x'],
      ['z', 'z'],
      [null, null],
      [true, true],
      [1.5, 1.5],
    ]
    for (const [written, meant] of pairs) expect(decode({ a: written })).toEqual({ a: meant })
  })

  test('takes time in proportion to an answer that fits two recursive members equally, up to its last level', () => {
    const json = {
      $defs: {
        A: {
          type: 'object',
          properties: {
            next: { anyOf: [{ $ref: '#/$defs/A' }, { $ref: '#/$defs/B' }, { type: 'null' }] },
            t: { type: 'string' },
          },
          required: ['next'],
        },
        B: {
          type: 'object',
          properties: {
            next: { anyOf: [{ $ref: '#/$defs/A' }, { $ref: '#/$defs/B' }, { type: 'null' }] },
            t: { type: 'string' },
          },
          required: ['next'],
        },
      },
      $ref: '#/$defs/A',
    }
    const { decode } = strictSchema(fromJson(json), 'x')
    let answer: unknown = { next: 5, t: null }
    for (let level = 0; level < 100; level += 1) answer = { next: answer, t: null }
    expect(Object.keys(Object(decode(answer)))).toEqual(['next'])
  })
})
