import { anthropic, defineJob, jsonl } from 'offpeak'
import { z } from 'zod'

export default defineJob({
  name: 'claude',
  from: jsonl.rows({
    file: 'articles.jsonl',
    key: 'id',
    row: z.object({ id: z.number(), text: z.string() }),
  }),
  model: anthropic('claude-haiku-5-5'),
  maxTokens: 200,
  prompt: ({ row }) => ({ system: 'Give it a title.', user: row.text }),
  output: z.object({ title: z.string() }),
  to: { jsonl: 'claude.jsonl', line: ({ output }) => ({ title: output.title }) },
})
