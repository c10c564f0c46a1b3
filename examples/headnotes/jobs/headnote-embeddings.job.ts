import { defineEmbedding, openai, postgres, sql } from 'offpeak'
import { z } from 'zod'

/** Runs by itself when new headnotes are there, and embeds only those that are new or have changed. */
export default defineEmbedding({
  name: 'headnote-embeddings',
  after: 'headnotes',
  from: postgres.rows({
    query: sql`select id, headnote from court_cases where headnote is not null and headnote <> ''`,
    key: 'id',
    row: z.object({ id: z.string(), headnote: z.string() }),
  }),
  // Azure's batches make no vectors.
  model: openai.embedding('text-embedding-3-small'),
  input: ({ row }) => row.headnote,
  to: { table: 'court_cases', set: ({ output }) => ({ headnote_embedding: output }) },
  budget: { perRun: '$5' },
})
