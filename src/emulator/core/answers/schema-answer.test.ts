import { Ajv2020 } from 'ajv/dist/2020.js'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { pdfOf } from '../../../../test/support/pdf.ts'
import { readSubject } from './answer.ts'
import type { Json, JsonObject } from '../json.ts'
import { readPrompt } from '../../families/chat/prompt.ts'
import { seededRandom } from '../random.ts'
import { schemaAnswer } from './schema-answer.ts'

const sampleText =
  'The bridge over the river was closed in March. Engineers found cracks in two of its pillars. ' +
  'Repairs will cost four million and last until the autumn. Ferries carry people across in the meantime.'

function answer(schema: JsonObject, seed = 1, text = sampleText): Json {
  const prompt = readPrompt({ messages: [{ role: 'user', content: text }] })
  return schemaAnswer(schema, readSubject(prompt, '', seededRandom(seed)))
}

function object(properties: JsonObject): JsonObject {
  return { type: 'object', properties, required: Object.keys(properties), additionalProperties: false }
}

const pair = z.object({ key: z.string() })
const entries = z.object({ pairs: z.array(pair), more: z.array(pair) })

const datePattern = /^\d{4}-\d{2}-\d{2}$/
const emailPattern = /^[\w.-]+@[\w.-]+$/
const ajv = new Ajv2020({
  strict: false,
  multipleOfPrecision: 6,
  formats: { date: datePattern, 'date-time': true, email: emailPattern, uuid: true, uri: true },
})

const leaf: fc.Arbitrary<JsonObject> = fc.oneof(
  fc
    .record({ min: fc.nat(40), span: fc.nat(200) })
    .map(({ min, span }) => ({ type: 'string', minLength: min, maxLength: min + span })),
  fc
    .record({ min: fc.integer({ min: -50, max: 50 }), span: fc.nat(80) })
    .map(({ min, span }) => ({ type: 'integer', minimum: min, maximum: min + span })),
  fc
    .record({ min: fc.integer({ min: -5, max: 5 }) })
    .map(({ min }) => ({ type: 'number', minimum: min, maximum: min + 2 })),
  fc.constantFrom<JsonObject>(
    { type: 'boolean' },
    { type: 'null' },
    { type: ['string', 'null'] },
    { enum: ['red', 'green', 3, null] },
    { const: 'fixed' },
    { type: 'string', format: 'date' },
    { type: 'string', format: 'email' },
    { type: 'string', pattern: '^[A-Z]{2}-\\d{3,5}(a|bc)?$' },
    { type: 'integer', multipleOf: 5 },
    { type: 'number', multipleOf: 0.01, exclusiveMinimum: 0, exclusiveMaximum: 1 },
  ),
)

const schemas: fc.Arbitrary<JsonObject> = fc.letrec<{ node: JsonObject }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    leaf,
    fc.dictionary(fc.constantFrom('title', 'text', 'score', 'tags', 'items'), tie('node')).map(object),
    fc
      .record({ items: tie('node'), min: fc.nat(2), span: fc.nat(3) })
      .map(({ items, min, span }) => ({ type: 'array', items, minItems: min, maxItems: min + span })),
    fc.tuple(tie('node'), tie('node')).map(([one, two]) => ({ anyOf: [one, two] })),
  ),
})).node

describe('schemaAnswer', () => {
  it('fits any schema of the structured-outputs subset', () => {
    fc.assert(
      fc.property(schemas, fc.nat(1000), (schema, seed) => {
        const value = answer(schema, seed)
        const validate = ajv.compile(schema)
        if (!validate(value)) throw new Error(`${JSON.stringify(value)}: ${ajv.errorsText(validate.errors)}`)
      }),
      { numRuns: 300 },
    )
  })

  it('takes its words from the text', () => {
    const value = answer(
      object({
        title: { type: 'string' },
        summary: { type: 'string' },
        keywords: { type: 'array', items: { type: 'string' } },
      }),
    )
    expect(JSON.stringify(value)).toMatch(/bridge|Engineers|Repairs|Ferries/)
    expect(value).toEqual(
      answer(
        object({
          title: { type: 'string' },
          summary: { type: 'string' },
          keywords: { type: 'array', items: { type: 'string' } },
        }),
      ),
    )
  })

  it('chooses the enum value that the text names', () => {
    expect(answer({ enum: ['aviation', 'ferries', 'rail'] })).toBe('ferries')
  })

  it('follows references and ends recursion', () => {
    const schema: JsonObject = {
      ...object({ root: { $ref: '#/$defs/node' } }),
      $defs: {
        node: object({
          name: { type: 'string' },
          child: { anyOf: [{ $ref: '#/$defs/node' }, { type: 'null' }] },
        }),
      },
    }
    for (let seed = 0; seed < 30; seed += 1) expect(ajv.validate(schema, answer(schema, seed))).toBe(true)
  })

  it('keeps to bounds that only a description tells', () => {
    const rating = { anyOf: [{ type: 'integer' }], description: 'How good it is (minimum 2, maximum 4)' }
    const link = { type: 'string', description: '(format uri)' }
    for (let seed = 0; seed < 30; seed += 1)
      expect(answer(object({ rating, link }), seed)).toEqual({
        rating: expect.toSatisfy((value: number) => value >= 2 && value <= 4),
        link: expect.stringMatching(/^https:\/\//),
      })
  })

  it('says something else in every field', () => {
    const text = { type: 'string' }
    const list = { type: 'array', items: text }
    const value = answer(object({ first: text, second: text, good: list, bad: list }))
    expect(new Set(Object.values(value ?? {}).map(String)).size).toBe(4)
  })

  it('gives each entry of a list a key of its own, also where the text has few words', () => {
    const record = (key: JsonObject): JsonObject =>
      object({
        pairs: { type: 'array', minItems: 3, items: object({ key, value: { type: 'integer' } }) },
        more: { type: 'array', items: object({ key, value: { type: 'integer' } }) },
      })
    for (const key of [{ type: 'string' }, { type: 'string', pattern: '^[a-f]$' }, { $ref: '#/$defs/key' }])
      for (const text of [sampleText, 'Ship.', ''])
        for (let seed = 1; seed <= 40; seed++) {
          const given = answer({ ...record(key), $defs: { key: { type: 'string' } } }, seed, text)
          const { pairs, more } = entries.parse(given)
          expect(pairs.length).toBeGreaterThanOrEqual(3)
          for (const list of [pairs, more])
            expect(new Set(list.map((entry) => entry.key)).size).toBe(list.length)
        }
  })

  it('has something to say of an empty text', () => {
    const schema = object({
      text: { type: 'string', minLength: 10 },
      words: { type: 'array', items: { type: 'string' } },
    })
    expect(ajv.validate(schema, answer(schema, 1, ''))).toBe(true)
  })
})

describe('the pages of an attached file', () => {
  const page = object({ number: { type: 'integer' }, text: { type: 'string' } })
  const schema = object({ pages: { type: 'array', items: page } })
  const asked = (file: Buffer, of: JsonObject = schema): Json => {
    const file_data = `data:application/pdf;base64,${file.toString('base64')}`
    const content = [{ type: 'file', file: { filename: 'a.pdf', file_data } }]
    const prompt = readPrompt({ messages: [{ role: 'user', content }] })
    return schemaAnswer(of, readSubject(prompt, 'The whole.', seededRandom(1)))
  }

  it('come one by one, each with its number and what it says', () => {
    const file = pdfOf(['The first sheet.', 'The second sheet.', 'The third sheet.'], 5_000)
    expect(asked(file)).toEqual({
      pages: [
        { number: 1, text: 'The first sheet.' },
        { number: 2, text: 'The second sheet.' },
        { number: 3, text: 'The third sheet.' },
      ],
    })
  })

  it('are marked where they cannot be read', () => {
    expect(asked(pdfOf(['\u0001\u0002b', 'Readable.']))).toEqual({
      pages: [
        { number: 1, text: '[?]' },
        { number: 2, text: 'Readable.' },
      ],
    })
  })

  it('keep to the bounds of the schema', () => {
    const two = object({ pages: { type: 'array', items: page, minItems: 1, maxItems: 2 } })
    const answer = asked(pdfOf(['One.', 'Two.', 'Three.']), two)
    expect(ajv.validate(two, answer)).toBe(true)
  })
})
