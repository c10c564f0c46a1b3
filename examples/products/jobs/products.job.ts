import { azure, defineJob } from 'offpeak'
import { z } from 'zod'
import { fromLocales } from '../assemble.ts'
import { localeContent, locales } from '../content.ts'
import { writeForLocale } from '../prompts.ts'
import { products } from '../source.ts'
import { track } from '../tracking.ts'

/** One request for each product and locale; a product is written once all of its locales are good. */
export default defineJob({
  name: 'products',
  params: z.object({ category_limit: z.coerce.number().int().positive().default(3) }),
  from: ({ params }) =>
    products
      .limitPer('category', params.category_limit)
      .flatMap((row) => locales.map((locale) => ({ ...row, locale })))
      .key('sku', 'locale'),
  model: azure(null, { model: 'gpt-4o-mini' }),
  temperature: 0.7,
  maxTokens: 4000,
  prompt: writeForLocale,
  output: localeContent,
  check: ({ row, output }) =>
    output.locale === row.locale || `written for ${output.locale} in place of ${row.locale}`,
  join: {
    table: 'products',
    set: ({ row, output, provenance }) => fromLocales(row, output, provenance),
  },
  // Or, with or in place of `join`, each locale as it comes:
  // to: { upsert: 'product_contents', key: ['sku', 'locale'], set: ({ row, output }) => ({ sku: row.sku, locale: row.locale, content: output }) },
  track,
  budget: { perRun: '$20' },
})
