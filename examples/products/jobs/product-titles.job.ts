import { azure, defineJob } from 'offpeak'
import { z } from 'zod'
import { titles } from '../prompts.ts'
import { products } from '../source.ts'
import { titleScore } from '../title-score.ts'

/** Two prompts for the same thing, each asked about half of the products: `offpeak compare product-titles`. */
export default defineJob({
  name: 'product-titles',
  from: products,
  model: azure(null, { model: 'gpt-4o-mini' }),
  temperature: 0.7,
  maxTokens: 60,
  variants: titles,
  output: z.object({ title: z.string().min(5) }),
  score: { of: ({ row, output }) => titleScore(row, output.title), min: 0.5 },
  to: {
    table: 'products',
    set: ({ output, score, variant }) => ({
      title: output.title,
      title_score: score,
      title_variant: variant,
    }),
  },
  budget: { perRun: '$1' },
})
