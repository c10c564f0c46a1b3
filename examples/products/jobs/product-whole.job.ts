import { azure, defineJob } from 'offpeak'
import { z } from 'zod'
import { fromWhole } from '../assemble.ts'
import { productContent } from '../content.ts'
import { writeWhole } from '../prompts.ts'
import { products } from '../source.ts'
import { track } from '../tracking.ts'

/**
 * The other way: one request for a product with all of its locales. Fewer requests, but one bad locale spoils all
 * seven, and 4,000 tokens would cut nearly every answer.
 */
export default defineJob({
  name: 'product-whole',
  params: z.object({ category_limit: z.coerce.number().int().positive().default(3) }),
  from: ({ params }) => products.limitPer('category', params.category_limit),
  model: azure(null, { model: 'gpt-4o-mini' }),
  temperature: 0.7,
  maxTokens: 16_000,
  prompt: writeWhole,
  output: productContent,
  to: { table: 'products', set: ({ row, output, provenance }) => fromWhole(row, output, provenance) },
  track,
  budget: { perRun: '$20' },
})
