import { postgres, sql } from 'offpeak'
import { z } from 'zod'

/** What the jobs read of a product: nothing that they write, so that writing does not make it a changed product. */
export const Product = z.object({
  sku: z.string(),
  name: z.string(),
  slug: z.string(),
  brand: z.string().nullable(),
  category: z.string(),
  description: z.string().nullable(),
  msrp_price: z.number().nullable(),
  url_source: z.string().nullable(),
  image_uri: z.string().nullable(),
  specs: z.record(z.string(), z.string()),
})
export type Product = z.output<typeof Product>

export const products = postgres.rows({
  query: sql`
    select sku, name, slug, brand, category, description, msrp_price::float8 as msrp_price, url_source, image_uri, specs
    from products`,
  key: 'sku',
  row: Product,
})
