import { describe, expectTypeOf, test } from 'vitest'
import { z } from 'zod'
import { type ChatModel, defineJob } from './job.ts'
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
    // @ts-expect-error a sink that is neither of the three
    defineJob({ ...base, name: 'f', to: { tabel: 't', set: () => ({}) } }),
  ]
}

describe('defineJob', () => {
  test('infers row, params and output, and refuses what the types can know to be wrong', () => {
    expectTypeOf(headnotes).returns.toBeUnknown()
    expectTypeOf(plain).returns.toBeUnknown()
    expectTypeOf(wrong).returns.toBeUnknown()
  })
})
