import { defineEmbedding, mean, openai, postgres, sql } from 'offpeak'
import { z } from 'zod'

export default defineEmbedding({
  name: 'embeddings',
  version: '1',
  params: z.object({ since: z.iso.date().default('2000-01-01'), all: z.stringbool().default(false) }),
  from: ({ params: { since, all }, model, version }) =>
    postgres
      .rows({
        query: sql`
          select event_id, title || e'\n\n' || body as text from events where published_at >= ${since}::timestamptz
            and (${all}::bool or (embedding_model, embedding_version) is distinct from (${model}, ${version}))`,
        key: 'event_id',
        row: z.object({ event_id: z.string(), text: z.string() }),
      })
      .chunk({ field: 'text', tokens: 1_500, overlap: 0.1, encoding: 'cl100k_base' }),
  model: openai.embedding('text-embedding-3-small'),
  input: ({ row }) => row.chunk.text,
  to: {
    upsert: 'event_chunks',
    key: ['event_id', 'n'],
    set: ({ row: { event_id, chunk }, output }) => ({
      event_id,
      n: chunk.index,
      text: chunk.text,
      embedding: output,
    }),
    scope: { of: 'event_id', chunk: 'n' },
  },
  join: {
    table: 'events',
    set: ({ output, provenance }) => ({
      embedding: mean(output),
      embedding_model: provenance.model,
      embedding_ts: provenance.at,
      embedding_version: provenance.version,
    }),
  },
  budget: { perRun: '$200' },
})
