import { gemini, defineJob, jsonl } from 'offpeak'
import { z } from 'zod'

export default defineJob({
  name: 'gemini',
  from: jsonl.rows({
    file: 'articles.jsonl',
    key: 'id',
    row: z.object({ id: z.number(), text: z.string() }),
  }),
  model: gemini('gemini-3.5-flash-lite'),
  maxTokens: 200,
  prompt: ({ row }) => ({ system: 'Give it a title.', user: row.text }),
  output: z.object({ title: z.string() }),
  to: { jsonl: 'gemini.jsonl', line: ({ output }) => ({ title: output.title }) },
})
