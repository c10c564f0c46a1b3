import { defineJob, rows } from 'offpeak'
import { z } from 'zod'
import { acme } from '../acme.ts'

const notes = Array.from({ length: 12 }, (_, index) => ({
  id: index + 1,
  text: `Note ${index + 1} is about ${['harbours', 'tariffs', 'bridges'][index % 3]}, and why they matter.`,
}))

export default defineJob({
  name: 'subjects',
  from: rows(() => notes, { key: 'id', row: z.object({ id: z.number(), text: z.string() }) }),
  model: acme('acme-large'),
  maxTokens: 50,
  prompt: ({ row }) => ({ system: 'Say in one sentence what the note is about.', user: row.text }),
  output: z.object({ subject: z.string() }),
  to: { jsonl: 'subjects.jsonl' },
  budget: { perRun: '$1' },
})
