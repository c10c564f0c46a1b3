import { importLine, models as modelsOf, type ProviderChoice } from './files.ts'

/** A job that describes each product of `data/products.jsonl` in three locales and joins them. */
export function productsJob(provider: ProviderChoice): string {
  const { imports, before, model } = modelsOf[provider]
  return `${importLine(['defineJob', 'jsonl', imports])}
import { z } from 'zod'
${before}
const locales = ['en-US', 'de-DE', 'fr-FR'] as const

const Product = z.object({ sku: z.string(), name: z.string(), category: z.string(), description: z.string() })

const Content = z.object({
  overview: z.string().min(20),
  key_features: z.array(z.string()).max(5),
  specs: z.record(z.string(), z.string()),
})

export default defineJob({
  name: 'products',
  params: z.object({ category_limit: z.coerce.number().int().positive().default(3) }),
  // One request for each product and locale; a product is written once all of its locales are good.
  from: ({ params }) =>
    jsonl
      .rows({ file: 'data/products.jsonl', key: 'sku', row: Product })
      .limitPer('category', params.category_limit)
      .flatMap((row) => locales.map((locale) => ({ ...row, locale })))
      .key('sku', 'locale'),
  model: ${model}
  maxTokens: 800,
  prompt: ({ row }) => ({
    system: 'You write for a shop of musical instruments. State only what the data says, in the language of the locale.',
    user: \`<product>\\n\${row.name} (\${row.category})\\n\\n\${row.description}\\n\\nLocale: \${row.locale}\\n</product>\`,
  }),
  output: Content,
  join: {
    jsonl: 'out/products.jsonl',
    line: ({ row, rows, output }) => ({
      name: row.name,
      content: Object.fromEntries(output.map((content, at) => [rows[at]?.locale, content])),
    }),
  },
  budget: { perRun: '$5' },
})
`
}

const models: Readonly<Record<string, readonly string[]>> = {
  Guitars: [
    'A solid-body guitar whose coil split turns each humbucker into a single coil. Its stainless frets outlast years of bending.',
    'A parlour guitar with a dry, quick voice for fingerstyle and small rooms. The top is one piece of solid spruce.',
    'A baritone guitar that stays in tune a fourth below the others. It comes with heavy strings and a cut nut.',
    'A nylon-string guitar with a narrow neck for players who come from steel. A pickup sits under the saddle.',
  ],
  Pianos: [
    'A stage piano with eighty-eight weighted keys that one person carries with one hand. It records over USB.',
    'A digital piano for a living room, with the keys of a grand and a volume control. Two pairs of headphones fit.',
    'A folding piano for the train, with full-size keys and a battery for six hours. It speaks MIDI over Bluetooth.',
    'A console piano with a soft-close lid and a bench with room for sheet music. Strings resonate with the pedal.',
  ],
  Drums: [
    'A snare drum with a dry attack that cuts through loud guitars. Its bearing edges are sanded by hand.',
    'An electronic kit with mesh heads, quiet enough for a flat with thin walls. The rack folds without tools.',
    'A kit of four shells that fit into one another and into the boot of a small car. Rubber washers hold the tuning.',
    'A cajon with an adjustable snare and a seat of cork. It sounds like a kit under a bench.',
  ],
}

/** Made-up products, as JSON lines. */
export function products(): string {
  return Object.entries(models)
    .flatMap(([category, descriptions]) =>
      descriptions.map((description, index) => {
        const name = `Halden ${category.slice(0, -1)} ${(index + 1) * 100}`
        const sku = name.toLowerCase().replaceAll(' ', '-')
        return `${JSON.stringify({ sku, name, category, description })}\n`
      }),
    )
    .join('')
}
