import { openDatabase, sql } from 'offpeak'

/** The emulator answers, and writes its own copy of the database. */
const url = 'pglite:.offpeak/emulator/project/.offpeak/shop'

/**
 * The example from an empty folder to content in a table: what to call, and what to look at afterwards. A run may
 * end with 6: what the judge finds too weak waits for a person.
 */
export const example = {
  seed: ['seed.ts', '--products', '32'],
  runs: [
    ['plan', 'products'],
    ['run', 'products', '--max-cost', '$5'],
    ['run', 'product-titles', '--max-cost', '$1'],
    ['compare', 'product-titles'],
  ],
  show: async (folder: string): Promise<void> => {
    await using database = await openDatabase(url, folder)
    const products = await database.query(sql`
      select name, openai_processing_status as status, quality_score, title,
        (select count(*) from jsonb_object_keys(ai_generated_content)) as locales,
        ai_generated_content #>> '{de-DE,basic_info,overview}' as overview
      from products where ai_generated_content is not null order by sku limit 3`)
    for (const { name, status, quality_score, title, locales, overview } of products) {
      console.log(
        `${String(name)}: ${String(status)}, ${String(locales)} locales, quality ${String(quality_score)}`,
      )
      console.log(`  ${String(title)}\n  ${String(overview)}\n`)
    }
    const batches = await database.query(sql`
      select status, count(*) as batches, sum(product_count) as products from openai_batches group by status`)
    for (const { status, batches: count, products: each } of batches)
      console.log(`Batches ${String(status)}: ${String(count)}, with ${String(each)} products`)
  },
} satisfies {
  readonly seed: readonly string[]
  readonly runs: readonly (readonly string[])[]
  readonly show: (folder: string) => Promise<void>
}
