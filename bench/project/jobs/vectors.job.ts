import { defineEmbedding, openai, postgres, sql } from 'offpeak'
import { z } from 'zod'
import { vectors } from '../tasks.ts'

export default defineEmbedding({
  name: 'vectors',
  from: postgres.rows({
    query: sql`select id, body from vectors`,
    key: 'id',
    row: z.object({ id: z.number(), body: z.string() }),
  }),
  model: openai.embedding(vectors.model),
  input: ({ row }) => vectors.input(row),
  to: { table: 'vectors', set: ({ output }) => ({ embedding: output }) },
})
