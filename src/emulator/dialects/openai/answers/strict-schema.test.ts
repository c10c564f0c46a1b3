import { describe, expect, it } from 'vitest'
import type { Json, JsonObject } from '../../../core/json.ts'
import { strictSchemaError } from './strict-schema.ts'

const text: JsonObject = { type: 'string' }

function object(properties: JsonObject, more: JsonObject = {}): JsonObject {
  return {
    type: 'object',
    properties,
    required: Object.keys(properties),
    additionalProperties: false,
    ...more,
  }
}

/** So many objects inside each other. */
function nested(levels: number): JsonObject {
  return levels === 1 ? object({ end: text }) : object({ inside: nested(levels - 1) })
}

describe('what strict mode takes', () => {
  it.each<[string, JsonObject]>([
    ['nested objects and lists', object({ a: object({ b: { type: 'array', items: text } }) })],
    ['a choice', object({ a: { anyOf: [text, { type: 'null' }], description: 'either' } })],
    ['types that may be null', object({ a: { type: ['string', 'null'] } })],
    [
      'definitions that refer to themselves',
      object(
        { a: { $ref: '#/$defs/node' } },
        { $defs: { node: object({ next: { anyOf: [{ $ref: '#/$defs/node' }, { type: 'null' }] } }) } },
      ),
    ],
    ['the root again', object({ a: { type: 'array', items: { $ref: '#' } } })],
    [
      'bounds and known formats',
      object({ a: { type: 'integer', minimum: 1 }, b: { type: 'string', format: 'date', pattern: '^2' } }),
    ],
    ['ten levels', nested(10)],
    [
      'objects that their first key tells apart, or fixed values of it',
      object({
        a: { anyOf: [object({ b: text }), object({ c: text }), { type: 'null' }] },
        d: { anyOf: [object({ k: { ...text, enum: ['x'] } }), object({ k: { ...text, enum: ['y', 'z'] } })] },
      }),
    ],
  ])('%s', (_what, schema) => {
    expect(strictSchemaError(schema)).toBeNull()
  })
})

describe('what strict mode refuses', () => {
  const at = (node: Json): JsonObject => object({ a: node })
  it.each<[string, JsonObject, string]>([
    ['allOf', at({ allOf: [text] }), "In context=('properties', 'a'), 'allOf' is not permitted."],
    ['oneOf', at({ oneOf: [text] }), "In context=('properties', 'a'), 'oneOf' is not permitted."],
    [
      'a default',
      at({ type: 'string', default: 'x' }),
      "In context=('properties', 'a'), 'default' is not permitted.",
    ],
    [
      'an option that refers to nothing',
      at({ anyOf: [object({ k: text, a: text }), { $ref: '#/$defs/b' }] }),
      "reference to component '#/$defs/b'",
    ],
    [
      'objects with the same first key',
      object(
        { a: { anyOf: [object({ k: text, a: text }), { $ref: '#/$defs/b' }] } },
        { $defs: { b: object({ k: text }) } },
      ),
      "In context=('properties', 'a'), Objects provided via 'anyOf' must not share identical first keys.",
    ],
    ['look-around', at({ ...text, pattern: '^(?!x)' }), 'Found at $.properties.a.pattern.'],
    ['not', at({ type: 'string', not: { const: 'x' } }), "'not' is not permitted."],
    [
      'unique items',
      at({ type: 'array', items: text, uniqueItems: true }),
      "'uniqueItems' is not permitted.",
    ],
    [
      'a choice at the root',
      { ...object({ a: text }), anyOf: [text] },
      "In context=(), 'anyOf' is not permitted.",
    ],
    [
      'words beside a reference',
      object({ a: { $ref: '#/$defs/b', description: 'x', title: 'y' } }, { $defs: { b: text } }),
      "In context=('properties', 'a'), $ref cannot have keywords {'description', 'title'}.",
    ],
    [
      'a reference to nothing',
      at({ $ref: '#/$defs/b' }),
      "reference to component '#/$defs/b' which was not found",
    ],
    [
      'no type',
      at({ description: 'anything' }),
      "In context=('properties', 'a'), schema must have a 'type' key.",
    ],
    ['an enum without type', at({ enum: ['x'] }), "schema must have a 'type' key."],
    ['anything at all', at(true), "schema must have a 'type' key."],
    [
      'a list of anything',
      at({ type: 'array' }),
      "In context=('properties', 'a'), array schema missing items.",
    ],
    [
      'an object of anything',
      at({ type: 'object', additionalProperties: false }),
      'object schema missing properties.',
    ],
    ['an open object', at({ type: 'object', properties: {} }), "'additionalProperties' is required"],
    ['an optional property', at(object({ b: text }, { required: [] })), "Missing 'b'."],
    [
      'a property that is required and not there',
      at(object({ b: text }, { required: ['b', 'c'] })),
      "Extra required key 'c' supplied.",
    ],
    ['an unknown format', at({ type: 'string', format: 'uri' }), "'uri' is not a valid format."],
    [
      'what stands beside items and in branches',
      at({ type: 'array', items: text, anyOf: [text, { type: 'array' }] }),
      "In context=('properties', 'a', 'anyOf', '1'), array schema missing items.",
    ],
    [
      'what is wrong in a definition',
      object({ a: text }, { $defs: { b: { oneOf: [] } } }),
      "In context=('$defs', 'b')",
    ],
    ['eleven levels', nested(11), '11 levels of nesting exceeds limit of 10.'],
    [
      'too many properties',
      object(Object.fromEntries(Array.from({ length: 5001 }, (_value, n) => [`p${n}`, text]))),
      '5001 parameters exceeds limit of 5000.',
    ],
    [
      'too many enum values',
      object(
        Object.fromEntries(
          Array.from({ length: 11 }, (_value, n) => [
            `p${n}`,
            { type: 'string', enum: Array.from({ length: 91 }, (_one, m) => `${m}`) },
          ]),
        ),
      ),
      'Found 1001.',
    ],
    [
      'one enum that is too long',
      at({ type: 'string', enum: Array.from({ length: 251 }, (_value, n) => `${n}`.padEnd(60, 'x')) }),
      '15060 characters of one enum exceeds limit of 15000.',
    ],
    ['too many characters of names', at({ type: 'string', const: 'x'.repeat(120_000) }), '120001 characters'],
  ])('%s', (_what, schema, words) => {
    expect(strictSchemaError(schema)).toContain(words)
  })

  it('a schema that is nested deeper than anybody walks', () => {
    let deep: JsonObject = text
    for (let i = 0; i < 400; i += 1) deep = { type: 'array', items: deep }
    expect(strictSchemaError(object({ a: deep }))).toContain('too deep')
  })
})
