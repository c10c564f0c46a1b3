import { defineJob, openai, postgres, sql, truncate } from 'offpeak'
import { z } from 'zod'

export default defineJob({
  name: 'summaries',
  version: '1',
  params: z.object({ since: z.iso.date().default('2000-01-01'), all: z.stringbool().default(false) }),
  from: ({ params: { since, all }, model, version }) =>
    postgres.rows({
      query: sql`
        select event_id, authority, title, body from events
        where published_at >= ${since}::timestamptz
          and (${all}::bool or (summary_model, summary_version) is distinct from (${model}, ${version}))`,
      key: 'event_id',
      row: z.object({ event_id: z.string(), authority: z.string(), title: z.string(), body: z.string() }),
    }),
  model: openai('gpt-4o-mini'),
  temperature: 0.2,
  maxTokens: 300,
  prompt: ({ row }) => ({
    system:
      'Summarise the announcement in two or three English sentences: who, what, and what is to be done.',
    user: `${row.authority}: ${row.title}\n\n${truncate(row.body, { characters: 48_000 })}`,
  }),
  output: z.object({ summary_en: z.string().min(20) }),
  to: {
    table: 'events',
    set: ({ output, provenance }) => ({
      summary_en: output.summary_en,
      summary_model: provenance.model,
      summary_ts: provenance.at,
      summary_version: provenance.version,
    }),
  },
  budget: { perRun: '$200' },
})
