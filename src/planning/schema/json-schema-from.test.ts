import { expect, test } from 'vitest'
import { z } from 'zod'
import type { StandardSchema } from '../../domain/standard-schema.ts'
import { strictSchema } from './schema.ts'

test('a schema of zod 4.0 or 4.1, which gives no JSON Schema automatically, is read by its definition', () => {
  const now = z.object({
    title: z.string().min(3).describe('in a few words'),
    kind: z.enum(['a', 'b']).optional(),
  })
  const { version, vendor, validate } = now['~standard']
  const older: StandardSchema = Object.create(now, { '~standard': { value: { version, vendor, validate } } })
  expect(older['~standard'].jsonSchema).toBeUndefined()
  expect(strictSchema(older, 'answer').schema).toEqual(strictSchema(now, 'answer').schema)
})
