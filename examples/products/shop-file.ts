import { jsonl } from 'offpeak'
import { z } from 'zod'
import type { Product } from './source.ts'

/** A text, or the blocks of one as web editors keep them. */
const Description = z.union([
  z.string(),
  z.object({ blocks: z.array(z.looseObject({ data: z.looseObject({ text: z.string().optional() }) })) }),
])

/** A line as shops export it; what is not there is left out. */
const Line = z.object({
  sku: z.union([z.string(), z.number()]).transform(String),
  name: z.string(),
  category: z.string(),
  slug: z.string().nullish(),
  type: z.string().nullish(),
  brand: z.string().nullish(),
  description: Description.nullish(),
  price: z.coerce.number().nullish(),
  weight: z.union([z.string(), z.number()]).nullish(),
  url: z.string().nullish(),
  image: z.string().nullish(),
  specs: z.record(z.string(), z.string()).nullish(),
})

/** The products of a file of JSON lines, in pages; `leftOut` is told of lines that cannot be used. */
export async function* productsOf(
  file: string,
  leftOut: (reason: string) => void,
): AsyncGenerator<readonly Product[], void> {
  await using reader = await jsonl
    .rows({ file, key: 'sku', row: Line })
    .open({ baseDir: process.cwd(), databaseUrl: null })
  for await (const { records } of reader.read({ after: null, limit: null, order: 'given', only: null }))
    yield records.flatMap((record) => {
      if (record.problem === undefined) return [productOf(record.row)]
      leftOut(record.problem)
      return []
    })
}

function productOf(line: z.output<typeof Line>): Product {
  const { sku, name, category, slug, type, brand, description, price, weight, url, image, specs } = line
  return {
    sku,
    name,
    slug: slug ?? sku,
    brand: brand ?? null,
    category,
    description: description == null ? null : plainText(description),
    msrp_price: price ?? null,
    url_source: url ?? null,
    image_uri: image ?? null,
    specs: {
      ...(type == null ? {} : { Type: type }),
      ...(weight == null ? {} : { Weight: String(weight) }),
      ...specs,
    },
  }
}

function plainText(description: z.output<typeof Description>): string | null {
  const text =
    typeof description === 'string'
      ? description
      : description.blocks.map(({ data }) => data.text ?? '').join('\n')
  const plain = text
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll('&nbsp;', ' ')
    .replaceAll('&amp;', '&')
    .trim()
  return plain === '' ? null : plain
}
