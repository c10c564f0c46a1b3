import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type } from 'arktype'
import { z } from 'zod'
import type { StandardResult, StandardSchema } from '../../domain/standard-schema.ts'
import { maxAnswerCharacters, readAnswer, type AnswerToRead, type ReadAnswer } from './read-answer.ts'
import { strictSchema } from '../schema/schema.ts'

const Headnote = z.object({ headnote: z.string().min(3), topics: z.array(z.string()).max(2) })
const good = { headnote: 'Appeal dismissed.', topics: ['contract'] }

function read(text: string, more: Partial<AnswerToRead> = {}): ReadAnswer | Promise<ReadAnswer> {
  return readAnswer({ text, cut: false, output: null, decode: null, check: null, row: { id: 7 }, ...more })
}

/** The reason of an answer that was not accepted. */
function reasonOf(answer: ReadAnswer | Promise<ReadAnswer>): string {
  return answer instanceof Promise || answer.kind === 'accepted'
    ? `unexpected: ${JSON.stringify(answer)}`
    : answer.reason
}

function schemaOf(
  validate: (value: unknown) => StandardResult<unknown> | Promise<StandardResult<unknown>>,
): StandardSchema {
  return { '~standard': { version: 1, vendor: 'test', validate } }
}

describe('readAnswer without a schema', () => {
  test('accepts the text as it is', () => {
    expect(read(' A headnote.\n')).toEqual({ kind: 'accepted', output: ' A headnote.\n', replaced: 0 })
  })

  test('refuses an empty answer and one of white space', () => {
    for (const text of ['', ' \n\t'])
      expect(read(text)).toEqual({ kind: 'invalid', reason: 'the answer is empty' })
  })

  test('never takes a cut answer for a whole one', () => {
    expect(read('A headno', { cut: true })).toEqual({ kind: 'truncated', reason: 'cut at the output limit' })
    expect(read(JSON.stringify(good), { cut: true, output: Headnote })).toMatchObject({ kind: 'truncated' })
  })

  test('rejects or fixes what a database cannot hold, as the policy says', () => {
    expect(read('a\0b')).toEqual({ kind: 'invalid', reason: 'the answer holds a NUL character (U+0000)' })
    expect(read('a\0b\ud800', { textPolicy: 'replace' })).toEqual({
      kind: 'accepted',
      output: 'ab\ufffd',
      replaced: 2,
    })
  })

  test('does not look into an answer of absurd length', () => {
    expect(reasonOf(read('x'.repeat(maxAnswerCharacters + 1)))).toMatch(/longer than 33554432 characters/)
  })
})

describe('readAnswer with a schema', () => {
  test('accepts what fits, at once when the schema is synchronous', () => {
    expect(read(JSON.stringify(good), { output: Headnote })).toEqual({
      kind: 'accepted',
      output: good,
      replaced: 0,
    })
    const Ark = type({ headnote: 'string', topics: 'string[]' })
    expect(read(JSON.stringify(good), { output: Ark })).toEqual({
      kind: 'accepted',
      output: good,
      replaced: 0,
    })
  })

  test('waits for an asynchronous schema', async () => {
    const Slow = z.string().refine(async (text) => (await Promise.resolve(text)) === 'yes', 'must be yes')
    const accepted = read('"yes"', { output: Slow })
    expect(accepted).toBeInstanceOf(Promise)
    expect(await accepted).toEqual({ kind: 'accepted', output: 'yes', replaced: 0 })
    expect(await read('"no"', { output: Slow })).toEqual({ kind: 'invalid', reason: 'must be yes' })
  })

  test('names the path of what does not fit', () => {
    const text = JSON.stringify({ headnote: 'ok then', topics: ['a', 5] })
    expect(reasonOf(read(text, { output: Headnote }))).toMatch(/^topics\.1: /)
  })

  test.each([
    ['```json\n{"a":1}\n```', { a: 1 }],
    ['```\n{"a":1}```', { a: 1 }],
    ['  ```JSON\r\n{"a":1}\r\n```\n', { a: 1 }],
    ['```{"a":1}```', { a: 1 }],
    ['\ufeff{"a":1}', { a: 1 }],
  ])('looks through one code fence around the answer: %j', (text, output) => {
    expect(read(text, { output: z.object({ a: z.number() }) })).toMatchObject({ kind: 'accepted', output })
  })

  test.each([
    '{"a":1',
    'Here it is: {"a":1}',
    '```json\n```json\n{"a":1}\n```\n```',
    '```',
    '```json\n{"a":1}',
    '{"a":1}{"a":2}',
    'null undefined',
  ])('takes nothing else for JSON: %j', (text) => {
    expect(reasonOf(read(text, { output: z.object({ a: z.number() }) }))).toMatch(/^no JSON: /)
  })

  test('refuses text that cannot be stored and depth without end', () => {
    const output = z.json()
    expect(reasonOf(read('{"a":["\\u0000"]}', { output }))).toBe('a.0: holds a NUL character (U+0000)')
    expect(reasonOf(read('"\\ud800"', { output }))).toMatch(/lone surrogate/)
    expect(reasonOf(read('['.repeat(100_000) + ']'.repeat(100_000), { output }))).toMatch(/nested more than/)
    const mended = read('{"a":"x\\u0000"}', { output, textPolicy: 'replace' })
    expect(mended).toEqual({ kind: 'accepted', output: { a: 'x' }, replaced: 1 })
  })

  test('gives a number that a number does not hold as text, where the schema takes that', () => {
    const text = '{"id":9007199254740993,"more":[1e400,12345678901234567.89],"near":6.02e23}'
    expect(read(text, { output: z.json() })).toMatchObject({
      output: { id: '9007199254740993', more: ['1e400', '12345678901234567.89'], near: 6.02e23 },
    })
    const either = z.object({ id: z.union([z.number(), z.string()]), near: z.number() })
    expect(read(text, { output: either })).toMatchObject({
      output: { id: '9007199254740993', near: 6.02e23 },
    })
  })

  test('says that no number holds it where the schema wants one, and that asking again is no use', async () => {
    const text = '{"of":[{"id":9007199254740993}]}'
    const wanting = (id: z.ZodType): StandardSchema => z.object({ of: z.array(z.object({ id })) })
    const reason =
      'of.0.id: Invalid input: expected number, received string. of.0.id is 9007199254740993, which no number holds to its last digit, so that it is text: take it as z.string(), or as z.coerce.number() where its last digits do not matter'
    for (const id of [z.number(), z.int(), z.number().max(9e15)])
      expect(read(text, { output: wanting(id) })).toEqual({ kind: 'invalid', reason, isFinal: true })
    const later = z.number().refine(() => Promise.resolve(true))
    expect(await read(text, { output: wanting(later) })).toEqual({ kind: 'invalid', reason, isFinal: true })
    expect(read(text, { output: wanting(z.coerce.number()) })).toMatchObject({ kind: 'accepted' })
    expect(read('{"of":[{"id":"9007199254740993"}]}', { output: wanting(z.number()) })).toEqual({
      kind: 'invalid',
      reason: 'of.0.id: Invalid input: expected number, received string',
    })
  })

  test('decodes the strict form before it validates', () => {
    const Output = z.object({ scores: z.record(z.string(), z.number()), note: z.string().optional() })
    const { decode } = strictSchema(Output, 'scores')
    const text = '{"scores":[{"key":"a","value":1}],"note":null}'
    expect(read(text, { output: Output, decode })).toEqual({
      kind: 'accepted',
      output: { scores: { a: 1 } },
      replaced: 0,
    })
  })

  test('refuses an answer that says two things of one field, as a name or as a key of a record', () => {
    const Output = z.object({ title: z.string(), scores: z.record(z.string(), z.number()) })
    const { decode } = strictSchema(Output, 'x')
    const of = (text: string): string => reasonOf(read(text, { output: Output, decode }))
    expect(of('{"title":"a","scores":[],"title":"b"}')).toMatch(/^title: is there twice/)
    expect(of('{"title":"a","scores":[{"key":"x","value":1},{"key":"x","value":2}]}')).toBe(
      'scores: the key "x" is there twice',
    )
    expect(of('{"title":"\\"title\\": b: \\":","scores":[]}')).toMatch(/^unexpected: .*accepted/)
  })

  test('keeps `__proto__` a harmless key', () => {
    const answer = read('{"__proto__":{"polluted":true},"a":1}', { output: z.object({ a: z.number() }) })
    expect(answer).toMatchObject({ kind: 'accepted', output: { a: 1 } })
    expect(Reflect.get({}, 'polluted')).toBeUndefined()
  })

  test('turns a schema that throws or rejects into an invalid answer', async () => {
    const throws = schemaOf(() => {
      throw new Error('boom')
    })
    expect(read('1', { output: throws })).toEqual({ kind: 'invalid', reason: 'the schema threw: boom' })
    const rejects = schemaOf(async () => Promise.reject(new Error('later')))
    expect(await read('1', { output: rejects })).toEqual({
      kind: 'invalid',
      reason: 'the schema threw: later',
    })
    const nonsense = schemaOf(async () => Promise.resolve(JSON.parse('{"issues":[null]}')))
    expect(await read('1', { output: nonsense })).toMatchObject({ kind: 'invalid' })
  })

  test('waits for promises that are not JavaScript’s own', async () => {
    const thenable = schemaOf((value) => {
      const settled = Promise.resolve({ value })
      // oxlint-disable-next-line unicorn/no-thenable
      return Object.assign(Object.create(null), { then: settled.then.bind(settled) })
    })
    expect(await read('1', { output: thenable })).toEqual({ kind: 'accepted', output: 1, replaced: 0 })
  })
})

describe('the check of a job', () => {
  const check: AnswerToRead['check'] = ({ row, output }) =>
    (typeof output === 'string' && output.includes(String(Reflect.get(Object(row), 'id')))) ||
    'does not name the record'

  test('sees row and output, and its reason is the record’s', () => {
    expect(read('case 7', { check })).toMatchObject({ kind: 'accepted' })
    expect(read('case 8', { check })).toEqual({ kind: 'invalid', reason: 'does not name the record' })
  })

  test('makes the answer invalid when it throws or says neither true nor why', () => {
    const throws: AnswerToRead['check'] = () => {
      throw new TypeError('x is undefined')
    }
    expect(read('a', { check: throws })).toEqual({
      kind: 'invalid',
      reason: 'the check threw: x is undefined',
    })
    for (const verdict of [false, undefined, Promise.resolve(true)]) {
      const untyped: AnswerToRead['check'] = () => Reflect.get(Object({ verdict }), 'verdict')
      expect(read('a', { check: untyped })).toEqual({
        kind: 'invalid',
        reason: 'the check gave neither true nor a reason',
      })
    }
  })

  test('can say anything without harm: reasons are one short line of whole characters', () => {
    const reason = reasonOf(read('a', { check: () => `\u001b[2J\ud800evil\n\0${'x'.repeat(5_000)}` }))
    expect(reason).toMatch(/^\[2J\ufffdevil x+…$/)
    expect(reason).toHaveLength(300)
  })
})

test('readAnswer never throws, whatever the model wrote', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.json(),
    fc.json().map((json) => `\`\`\`json\n${json}\n\`\`\``),
    fc.string(),
  )
  fc.assert(
    fc.property(text, fc.boolean(), (text, withSchema) => {
      const answer = read(text, { output: withSchema ? Headnote : null })
      expect(answer).not.toBeInstanceOf(Promise)
      expect(answer).toHaveProperty('kind')
    }),
  )
})
