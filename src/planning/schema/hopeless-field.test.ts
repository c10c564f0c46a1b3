import { expect, test } from 'vitest'
import { z } from 'zod'
import type { StandardSchema } from '../../domain/standard-schema.ts'
import { refuseHopeless } from './hopeless-field.ts'
import { strictSchema } from './schema.ts'

const look = async (schema: StandardSchema): Promise<void> =>
  refuseHopeless(strictSchema(schema, 'x'), schema)

test('a field whose schema takes none of the values that it describes is refused by its path', async () => {
  await expect(look(z.object({ of: z.object({ done: z.success(z.string()) }) }))).rejects.toMatchObject({
    code: 'E_SCHEMA',
    where: 'output, of.done',
    message: expect.stringContaining('it takes none of true, false') as unknown,
  })
  const none = z.object({ kind: z.enum(['a', 'b']).refine(() => false, 'neither') })
  await expect(look(none)).rejects.toThrow('it takes none of "a", "b" (neither)')
})

test('a field that takes some of its values, or may take others, is not', async () => {
  await look(z.object({ agreed: z.boolean().refine((value) => !value), kind: z.enum(['a', 'b']) }))
  await look(z.object({ text: z.string().refine(() => false) }))
  await look(z.object({ a: z.string(), b: z.boolean() }).refine(() => false))
  await look(z.array(z.boolean().refine(() => false)))
  await look(
    z.object({
      a: z.string().transform(() => {
        throw new Error('only later')
      }),
    }),
  )
})
