import { describe, expectTypeOf, test } from 'vitest'
import { z } from 'zod'
import type { ChatModel } from './model.ts'
import { defineJob } from './job.ts'
import type { Source } from './source.ts'

declare const from: Source<{ id: number; court: string; opinion: string }>
declare const model: ChatModel
const Headnote = z.object({ headnote: z.string().min(40), topics: z.array(z.string()) })

function headnotes(): unknown {
  return defineJob({
    name: 'headnotes',
    from,
    model,
    prompt: ({ row }) => ({ system: 'Write.', user: `${row.court}\n${row.opinion}` }),
    output: Headnote,
    to: {
      table: 'cases',
      set: ({ row, output, usage }) => {
        expectTypeOf(row.id).toEqualTypeOf<number>()
        expectTypeOf(output.topics).toEqualTypeOf<string[]>()
        return { headnote: output.headnote, topics: output.topics, cost: usage.cost }
      },
    },
    budget: { perRun: '$400' },
  })
}

function plain(): unknown {
  return defineJob({
    name: 'plain',
    params: z.object({ court: z.string() }),
    from: ({ params }) => {
      expectTypeOf(params.court).toEqualTypeOf<string>()
      return from
    },
    model,
    prompt: ({ row, params }) => `${params.court} ${row.opinion}`,
    to: { upsert: 'notes', key: 'id', set: ({ row, output }) => ({ id: row.id, note: output.trim() }) },
  })
}

function steps(): unknown {
  const parts = from
    .filter(({ opinion }) => opinion !== '')
    .limitPer('court', undefined)
    .flatMap((row) => [{ ...row, locale: 'en' }])
    .key('id', 'locale')
  return [
    defineJob({
      name: 'parts',
      from: parts.limit(3),
      model,
      prompt: ({ row }) => `${row.locale} ${row.opinion}`,
      to: { upsert: 'notes', key: ['id', 'locale'], set: ({ row, output }) => ({ ...row, note: output }) },
    }),
    defineJob({
      name: 'chunks',
      from: from.chunk({ field: 'opinion', tokens: 1_500, overlap: 0.1 }),
      model,
      prompt: ({ row }) => {
        expectTypeOf(row.chunk.index).toEqualTypeOf<number>()
        return `${row.court} ${row.chunk.text}`
      },
      to: { jsonl: 'x' },
    }),
  ]
}

function wrongSteps(): unknown {
  return [
    // @ts-expect-error a field that the row does not have
    from.filter((row) => row.opinon !== ''),
    // @ts-expect-error a predicate that answers later
    from.filter(async (row) => row.id > 1),
    // @ts-expect-error a field that the row does not have
    from.limitPer('color', 3),
    // @ts-expect-error a key of a field that the row does not have
    from.flatMap(({ id }) => [{ id, locale: 'en' }]).key('id', 'court'),
    // @ts-expect-error a key of no field
    from.key(),
    // @ts-expect-error a field that is no text
    from.chunk({ field: 'id', tokens: 10 }),
    // @ts-expect-error another encoding
    from.chunk({ field: 'opinion', tokens: 10, encoding: 'p50k_base' }),
    // @ts-expect-error one row where several are made
    from.flatMap((row) => row),
    defineJob({
      name: 'g',
      from: from.chunk({ field: 'opinion', tokens: 10 }),
      model,
      // @ts-expect-error the field that the chunks took the place of
      prompt: ({ row }) => row.opinion,
      to: { jsonl: 'x' },
    }),
  ]
}

function wrong(): unknown {
  const base = { from, model, prompt: () => '' }
  return [
    // @ts-expect-error a column that the row does not have
    defineJob({ name: 'a', from, model, prompt: ({ row }) => row.opinon, to: { jsonl: 'x' } }),
    defineJob({
      ...base,
      name: 'b',
      output: Headnote,
      // @ts-expect-error a field that the output schema does not have
      to: { table: 't', set: ({ output }) => ({ a: output.title }) },
    }),
    // @ts-expect-error plain text has no fields
    defineJob({ ...base, name: 'c', to: { table: 't', set: ({ output }) => ({ a: output.headnote }) } }),
    // @ts-expect-error a job without a sink
    defineJob({ ...base, name: 'd' }),
    // @ts-expect-error a prompt without a user message
    defineJob({ name: 'e', from, model, prompt: () => ({ system: 'x' }), to: { jsonl: 'x' } }),
    // @ts-expect-error a sink that is none of them
    defineJob({ ...base, name: 'f', to: { tabel: 't', set: () => ({}) } }),
    // @ts-expect-error a SQLite file without a table
    defineJob({ ...base, name: 'g', to: { database: 'cases.db', set: () => ({}) } }),
    // @ts-expect-error an upsert without a key
    defineJob({ ...base, name: 'h', to: { database: 'cases.db', upsert: 't', set: () => ({}) } }),
    defineJob({
      ...base,
      name: 'i',
      output: Headnote,
      // @ts-expect-error a field that the output schema does not have
      to: { parquet: 'out.parquet', line: ({ output }) => ({ a: output.title }) },
    }),
  ]
}

describe('defineJob', () => {
  test('infers row, params and output, and refuses what the types can know to be wrong', () => {
    expectTypeOf(headnotes).returns.toBeUnknown()
    expectTypeOf(plain).returns.toBeUnknown()
    expectTypeOf(steps).returns.toBeUnknown()
    expectTypeOf(wrongSteps).returns.toBeUnknown()
    expectTypeOf(wrong).returns.toBeUnknown()
  })
})
