import { defineJob, env, openai } from 'offpeak'
import { z } from 'zod'
import { documentFields } from '../sink.ts'
import { documents } from '../source.ts'

const url = env('DOCUMENTS_URL', 'http://127.0.0.1:4200')

export default defineJob({
  name: 'subjects',
  from: documents({ url, row: z.object({ id: z.string(), text: z.string() }) }),
  model: openai('gpt-4o-mini'),
  maxTokens: 50,
  prompt: ({ row }) => ({ system: 'Name the subject of the note in one to three words.', user: row.text }),
  output: z.object({ subject: z.string() }),
  to: { sink: documentFields({ url }), values: ({ output }) => ({ subject: output.subject }) },
  budget: { perRun: '$1' },
})
