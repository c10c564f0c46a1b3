import { expect, test } from 'vitest'
import { z } from 'zod'
import { longestOf, textOf } from './longest-example.ts'

function longest(schema: z.ZodType, unbounded = 0): unknown {
  const made = longestOf(z.toJSONSchema(schema, { io: 'input' }), unbounded)
  expect(schema.safeParse(made).error).toBeUndefined()
  return made
}

test('an answer is as long as the bounds of its schema let it be', () => {
  const schema = z.object({
    title: z.string().max(12),
    kind: z.enum(['no', 'certainly', 'yes']),
    rating: z.number().min(0).max(99_999),
    cold: z.int().gt(-500).lt(3),
    count: z.int(),
    notes: z.array(z.string().max(3)).max(2),
    maybe: z.string().max(5).nullable(),
    either: z.union([z.string().max(2), z.string().max(9)]),
    day: z.iso.date(),
    sure: z.boolean(),
  })
  expect(longest(schema)).toEqual({
    title: 'example exam',
    kind: 'certainly',
    rating: 99_999,
    cold: -499,
    count: 1,
    notes: ['exa', 'exa'],
    maybe: 'examp',
    either: 'example e',
    day: '2026-01-01',
    sure: true,
  })
})

test('a number that may have decimals has some where texts are as long as is likely', () => {
  const schema = z.object({
    any: z.number(),
    share: z.number().min(0).max(1),
    whole: z.int(),
    cents: z.number().multipleOf(0.25),
  })
  expect(longest(schema, 20)).toEqual({ any: 4 / 3, share: 1 - 1 / 3, whole: 1, cents: 1 })
})

test('a text without a bound has the length that is likely, and no space at its end', () => {
  expect(longest(z.object({ text: z.string() }), 20)).toEqual({ text: 'example example exam' })
  expect(textOf(8)).toBe('examples')
  expect(textOf(1e9).length).toBe(100_000)
})
