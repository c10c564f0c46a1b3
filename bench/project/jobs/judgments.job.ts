import { defineJob, openai, postgres, sql } from 'offpeak'
import { z } from 'zod'
import { judgments, model } from '../tasks.ts'

export default defineJob({
  name: 'judgments',
  from: postgres.rows({
    query: sql`select id, neutral_citation, case_name, court, full_text from judgments`,
    key: 'id',
    row: z.object({
      id: z.number(),
      neutral_citation: z.string(),
      case_name: z.string(),
      court: z.string(),
      full_text: z.string(),
    }),
  }),
  model: openai(model),
  temperature: 0.1,
  maxTokens: judgments.maxTokens,
  prompt: ({ row }) => ({ system: judgments.system, user: judgments.user(row) }),
  output: judgments.output,
  to: { table: 'judgments', set: ({ output }) => ({ headnote: output }) },
})
