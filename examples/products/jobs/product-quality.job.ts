import { azure, defineJob, postgres, sql, truncate } from 'offpeak'
import { z } from 'zod'
import { judge } from '../prompts.ts'

/** After every run of `products` a model judges what was written; what it finds too weak waits for a person. */
export default defineJob({
  name: 'product-quality',
  after: 'products',
  from: postgres.rows({
    query: sql`
      select sku, name, (ai_generated_content -> 'en-US')::text as content from products
      where ai_generated_content is not null`,
    key: 'sku',
    row: z.object({ sku: z.string(), name: z.string(), content: z.string() }),
  }),
  model: azure(null, { model: 'gpt-4o-mini' }),
  temperature: 0,
  maxTokens: 300,
  prompt: ({ row }) => judge({ row: { ...row, content: truncate(row.content, { characters: 12_000 }) } }),
  output: z.object({ rating: z.number().int().min(0).max(10), notes: z.string() }),
  score: { of: ({ output }) => output.rating / 10, min: 0.2 },
  to: {
    table: 'products',
    set: ({ score, output }) => ({ quality_score: score, quality_notes: output.notes }),
  },
  budget: { perRun: '$2' },
})
