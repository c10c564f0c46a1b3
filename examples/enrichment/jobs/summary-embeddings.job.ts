import { defineEmbedding, openai, postgres, sql } from 'offpeak'
import { z } from 'zod'
import summaries from './summaries.job.ts'

/** Embeds what `summaries` has written; a summary that stayed the same is not embedded again. */
export default defineEmbedding({
  name: 'summary-embeddings',
  after: summaries,
  from: postgres.rows({
    query: sql`select event_id, summary_en from events where summary_en is not null`,
    key: 'event_id',
    row: z.object({ event_id: z.string(), summary_en: z.string() }),
  }),
  model: openai.embedding('text-embedding-3-small'),
  input: ({ row }) => row.summary_en,
  to: { table: 'events', set: ({ output }) => ({ summary_embedding: output }) },
  budget: { perRun: '$20' },
})
