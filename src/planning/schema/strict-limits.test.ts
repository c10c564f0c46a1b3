import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { OffpeakError } from '../../domain/errors.ts'
import { strictSchema } from './schema.ts'
import { measureSchema } from './strict-limits.ts'

/** Objects within objects, so many of them. */
function nested(levels: number): z.ZodType {
  let inner: z.ZodType = z.string()
  for (let level = 0; level < levels; level += 1) inner = z.object({ inner })
  return inner
}

const fields = (count: number, name: (at: number) => string = (at) => `f${at}`): z.ZodType =>
  z.object(Object.fromEntries(Array.from({ length: count }, (_, at) => [name(at), z.string()])))
const choice = (count: number, length = 4): z.ZodType =>
  z.object({ a: z.enum(Array.from({ length: count }, (_, at) => String(at).padStart(length, 'x'))) })

function refusal(schema: z.ZodType): OffpeakError | null {
  try {
    strictSchema(schema, 'x')
    return null
  } catch (thrown) {
    if (thrown instanceof OffpeakError) return thrown
    throw thrown
  }
}

describe('a schema is refused before it is sent', () => {
  test.for([
    ['nested deeper than ten objects', nested(10), nested(11), '11 levels of objects, and at most 10'],
    ['with more than 5,000 properties', fields(5_000), fields(5_001), '5,001 properties, and at most 5,000'],
    ['with more than 1,000 fixed values', choice(1_000), choice(1_001), '1,001 values in its enums'],
    [
      'with more than 120,000 characters in its names',
      fields(119, (at) => `${at}`.padStart(1_000, 'n')),
      fields(121, (at) => `${at}`.padStart(1_000, 'n')),
      '121,000 characters in its names',
    ],
    [
      'with a long list of long fixed values',
      choice(250, 70),
      choice(251, 70),
      'an enum of more than 250 values has more than 15,000 characters',
    ],
  ] as const)('%s', ([, fits, tooLarge, words]) => {
    expect(refusal(fits)).toBeNull()
    const error = refusal(tooLarge)
    expect(error?.code).toBe('E_SCHEMA')
    expect(error?.message).toContain(words)
    expect(error?.fix).toContain('fewer fields')
  })

  test('by the place where it is too deep', () => {
    expect(refusal(z.object({ list: z.array(nested(10)) }))?.where).toMatch(/^output, list\[\](\.inner){9}$/)
  })
})

test('what several places refer to is measured once, and a schema of itself has an end', () => {
  const Node: z.ZodType = z.object({ name: z.string(), next: z.lazy(() => Node).nullable() })
  expect(measureSchema(strictSchema(Node, 'x').schema)).toMatchObject({ depth: 1, enumValues: 0 })
  const either = z.object({
    a: z.union([z.object({ b: z.literal('one') }), z.object({ c: z.literal('two') })]),
  })
  expect(measureSchema(strictSchema(either, 'x').schema)).toMatchObject({
    depth: 2,
    properties: 3,
    enumValues: 2,
    characters: 'abc'.length + 'onetwo'.length,
    longEnum: null,
  })
})
