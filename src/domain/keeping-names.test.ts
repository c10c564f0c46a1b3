import { type } from 'arktype'
import * as v from 'valibot'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { validateKeepingNames } from './keeping-names.ts'
import type { StandardSchema } from './standard-schema.ts'

const said = async (schema: StandardSchema, json: string): Promise<string> => {
  const result = await validateKeepingNames(schema, JSON.parse(json))
  return result.issues ? String(result.issues[0]?.message) : JSON.stringify(result.value)
}

test('keeps a field that is called __proto__ wherever a schema takes any name', async () => {
  const given = '{"b":[{"__proto__":{"n":1,"__proto___":2},"z":3}],"__proto__":4,"a":5}'
  for (const open of [
    z.looseObject({}),
    z.record(z.string(), z.any()),
    z.any(),
    type({ '[string]': 'unknown' }),
  ])
    expect(await said(open, given)).toBe(given)
  const counts = z.object({
    counts: z.record(
      z.string(),
      z.number().transform((n) => n + 1),
    ),
  })
  expect(await said(counts, '{"counts":{"__proto__":1,"constructor":2}}')).toBe(
    '{"counts":{"__proto__":2,"constructor":3}}',
  )
  expect(
    await said(
      z.record(z.string(), z.number()).refine(async () => true),
      '{"__proto__":1}',
    ),
  ).toBe('{"__proto__":1}')
  expect(Reflect.get({}, 'n')).toBeUndefined()
})

test('leaves it out with all else that a schema leaves out, and tells what cannot be kept', async () => {
  expect(await said(z.object({ a: z.number() }), '{"a":1,"__proto__":2}')).toBe('{"a":1}')
  expect(await said(z.strictObject({ a: z.number() }), '{"a":1,"__proto__":2}')).toMatch(/__proto__/)
  expect(await said(z.record(z.string().regex(/^__proto__$/), z.number()), '{"__proto__":2}')).toBe(
    'a field "__proto__" is left out by the library of this schema; give it another name',
  )
  expect(await said(z.record(z.string(), z.number()), '{"__proto__":"x"}')).toMatch(/left out by the library/)
})

test('tells of a field that is called __proto__ and named in a schema that leaves it out', async () => {
  const named = (field: z.ZodType): z.ZodRawShape =>
    Object.fromEntries([
      ['a', z.number()],
      ['__proto__', field],
    ])
  const given = '{"of":[{"a":1,"__proto__":2}]}'
  for (const field of [z.number(), z.number().optional(), z.string().nullish()])
    expect(await said(z.object({ of: z.array(z.object(named(field))) }), given)).toMatch(
      /^a field "__proto__" is left out by the library/,
    )
  const entries = Object.fromEntries([['__proto__', v.number()]])
  expect(await said(v.object({ of: v.array(v.object(entries)) }), given)).toMatch(
    /is left out by the library/,
  )
  expect(await said(type({ of: type({ '[string]': 'number' }).array() }), given)).toBe(given)
})

test('tells of two keys that a record of numbers makes one of, at any depth', async () => {
  const numbers = z.object({ of: z.array(z.record(z.string(), z.record(z.number(), z.string()))) })
  expect(await said(numbers, '{"of":[{"a":{"1":"x","2":"y"}},{"b":{"1":"x","1.0":"y"}}]}')).toBe(
    'the keys "1" and "1.0" are one number, and one of their values would be lost',
  )
  expect(await said(z.record(z.number(), z.string()), '{"-0":"x","0":"y"}')).toMatch(/are one number/)
  const texts = '{"1":"x","1.0":"y","01":"z"}'
  expect(await said(z.record(z.string(), z.string()), texts)).toBe(texts)
  expect(await said(z.any(), texts)).toBe(texts)
  expect(await said(z.record(z.number(), z.string()), '{"0.10":"x"}')).toBe('{"0.1":"x"}')
})
