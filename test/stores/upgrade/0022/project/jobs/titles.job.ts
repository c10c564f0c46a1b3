import { defineJob, jsonl, openai } from 'offpeak'
import { z } from 'zod'

export default defineJob({
  name: 'titles',
  from: jsonl.rows({
    file: 'articles.jsonl',
    key: 'id',
    row: z.object({ id: z.number(), text: z.string() }),
  }),
  model: openai('gpt-4o-mini'),
  maxTokens: 50,
  prompt: ({ row }) => row.text,
  output: z.object({ title: z.string() }),
  to: { jsonl: 'titles.jsonl', line: ({ output }) => ({ title: output.title }) },
})
