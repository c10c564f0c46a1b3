import { sql, type openDatabase } from 'offpeak'
import type { Product } from './source.ts'

/** Adds the products that are not there yet; returns how many. */
export async function insertProducts(
  database: Awaited<ReturnType<typeof openDatabase>>,
  products: readonly Product[],
): Promise<number> {
  if (products.length === 0) return 0
  const [inserted] = await database.query(sql`
    with added as (
      insert into products (sku, name, slug, brand, category, description, msrp_price, url_source, image_uri, specs)
      select sku, name, slug, brand, category, description, msrp_price, url_source, image_uri, specs
      from json_to_recordset(${JSON.stringify(products)}::json) as new(
        sku text, name text, slug text, brand text, category text, description text, msrp_price numeric,
        url_source text, image_uri text, specs jsonb)
      on conflict do nothing returning 1
    ) select count(*) as count from added`)
  return Number(inserted?.['count'])
}
