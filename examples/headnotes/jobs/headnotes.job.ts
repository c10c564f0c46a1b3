import { azure, defineJob, fewShot, postgres, sql, truncate } from 'offpeak'
import { z } from 'zod'

const Case = z.object({
  id: z.string(),
  neutral_citation: z.string().nullable(),
  case_name: z.string().nullable(),
  court: z.string().nullable(),
  full_text: z.string(),
})

export default defineJob({
  name: 'headnotes',
  from: postgres.rows({
    query: sql`
      select id, neutral_citation, case_name, court, full_text from court_cases
      where full_text is not null and (headnote is null or headnote = '')`,
    key: 'id',
    row: Case,
  }),
  examples: fewShot(
    postgres.rows({
      query: sql`select id, headnote_text from headnote_corpus order by created_at desc limit 3`,
      key: 'id',
      row: z.object({ headnote_text: z.string() }),
    }),
  ),
  model: azure('gpt-4o-mini-batch', { model: 'gpt-4o-mini' }),
  temperature: 0.1,
  maxTokens: 600,
  prompt: ({ row, examples }) => ({
    system: [
      'You are a senior law reporter. Write the headnote of the judgment you are given.',
      'Give the citation and the court, then what happened, what was decided and why, in at most 300 words.',
      'Use only the judgment itself. Follow the form of these headnotes:',
      ...examples.map(({ headnote_text }, index) => `\nHeadnote ${index + 1}:\n${headnote_text}`),
    ].join('\n'),
    user: `${row.neutral_citation ?? ''} ${row.case_name ?? ''}\n${row.court ?? ''}\n\n${truncate(row.full_text, { characters: 150_000 })}`,
  }),
  to: {
    table: 'court_cases',
    set: ({ output, provenance }) => ({ headnote: output, updated_at: provenance.at }),
  },
  budget: { perRun: '$90' },
})
