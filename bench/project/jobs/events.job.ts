import { defineJob, openai, postgres, sql } from 'offpeak'
import { z } from 'zod'
import { events, model } from '../tasks.ts'

export default defineJob({
  name: 'events',
  from: postgres.rows({
    query: sql`select id, channel, body from events`,
    key: 'id',
    row: z.object({ id: z.number(), channel: z.string(), body: z.string() }),
  }),
  model: openai(model),
  temperature: 0,
  maxTokens: events.maxTokens,
  prompt: ({ row }) => ({ system: events.system, user: events.user(row) }),
  output: events.output,
  to: { table: 'events', set: ({ output }) => ({ label: output.label, confidence: output.confidence }) },
})
