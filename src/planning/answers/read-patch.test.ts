import { expect, test } from 'vitest'
import { z } from 'zod'
import { readPatch } from './read-patch.ts'
import { strictSchema } from '../schema/schema.ts'

const Summary = z.object({
  title: z.string().min(3),
  topics: z.array(z.object({ name: z.string(), weight: z.number().optional() })).max(2),
  note: z.string().optional(),
})
const { decode } = strictSchema(Summary, 'summary')
const read = (patch: unknown): ReturnType<typeof readPatch> => readPatch({ patch, output: Summary, decode })

test('takes an output in the shape of the schema, or as a model would answer', async () => {
  const output = { title: 'A ship', topics: [{ name: 'sea' }] }
  expect(await read(output)).toEqual({ kind: 'accepted', output })
  const asModel = { title: 'A ship', topics: [{ name: 'sea', weight: null }], note: null }
  expect(await read(asModel)).toEqual({ kind: 'accepted', output })
  const list = z.array(z.string())
  const strict = strictSchema(list, 'list')
  for (const patch of [['a'], { value: ['a'] }])
    expect(await readPatch({ patch, output: list, decode: strict.decode })).toEqual({
      kind: 'accepted',
      output: ['a'],
    })
})

test('names the place of what does not fit', async () => {
  expect(await read({ title: 'A ship', topics: [{ name: 'sea', weight: 'much' }] })).toMatchObject({
    kind: 'invalid',
    path: 'topics.0.weight',
  })
  expect(await read({ titel: 'A ship', topics: [] })).toMatchObject({ kind: 'invalid', path: 'title' })
  expect(await read('A ship')).toMatchObject({ kind: 'invalid', path: '' })
})

test('refuses fields that the schema would drop without a word', async () => {
  expect(await read({ title: 'A ship', topics: [{ name: 'sea', wieght: 1 }] })).toEqual({
    kind: 'invalid',
    path: 'topics.0.wieght',
    reason: 'topics.0.wieght: the schema has no such field',
  })
})

test('lets a transform make something else of it', async () => {
  const output = z.object({ words: z.string().transform((text) => text.split(' ')), at: z.coerce.date() })
  const patch = { words: 'one two', at: '2026-01-01' }
  expect(await readPatch({ patch, output, decode: null })).toEqual({
    kind: 'accepted',
    output: { words: ['one', 'two'], at: new Date('2026-01-01') },
  })
})

test('wants a text where the job has no schema, without what no database takes', async () => {
  const plain = { output: null, decode: null }
  expect(await readPatch({ patch: 'Better.', ...plain })).toEqual({ kind: 'accepted', output: 'Better.' })
  expect(await readPatch({ patch: ' ', ...plain })).toMatchObject({ kind: 'invalid' })
  expect(await readPatch({ patch: { text: 'Better.' }, ...plain })).toMatchObject({ kind: 'invalid' })
  expect(await readPatch({ patch: 'a\0b', ...plain })).toMatchObject({ kind: 'invalid' })
  expect(await read({ title: 'a\0b!', topics: [] })).toMatchObject({ kind: 'invalid' })
})

test('does not throw when the schema does', async () => {
  const output = z.object({
    text: z.string().refine(() => {
      throw new Error('out of order')
    }),
  })
  expect(await readPatch({ patch: { text: 'a' }, output, decode: null })).toMatchObject({
    kind: 'invalid',
    reason: 'the schema threw: out of order',
  })
})
