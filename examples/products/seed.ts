/**
 * Fills the table of the products jobs: `node seed.ts [--products N] [--from file.jsonl] [--reset]`
 *
 * The database is the one that DATABASE_URL names, else an embedded one in `.offpeak/shop` beside this file. Running
 * it again adds nothing that is there already.
 */
import { parseArgs } from 'node:util'
import { openDatabase, sql } from 'offpeak'
import { insertProducts } from './insert.ts'
import { product } from './products.ts'
import { createTables, dropTables } from './schema.ts'
import { productsOf } from './shop-file.ts'
import type { Product } from './source.ts'

const pageSize = 1_000

const { values: options } = parseArgs({
  options: {
    products: { type: 'string', default: '80' },
    from: { type: 'string' },
    reset: { type: 'boolean', default: false },
  },
})
const wanted = Number(options.products)
if (!Number.isSafeInteger(wanted) || wanted < 0) {
  console.error(`--products takes a whole number, not ${options.products}`)
  process.exit(2)
}

await using database = await openDatabase(
  process.env['DATABASE_URL'] || 'pglite:.offpeak/shop',
  import.meta.dirname,
)
if (options.reset) await database.exec(dropTables)
await database.exec(createTables)
let [seen, added] = [0, 0]
const pages =
  options.from === undefined
    ? generated(wanted)
    : productsOf(options.from, (reason) => console.error(`Left out: ${reason}`))
for await (const page of pages) {
  seen += page.length
  added += await insertProducts(database, page)
}
const [open] = await database.query(sql`
  select count(*) as products, count(distinct category) as categories from products where ai_generated_content is null`)
console.log(`Database   ${database.where}`)
console.log(`Products   ${seen} read, ${added} added`)
console.log(
  `Open       ${String(open?.['products'])} without content, in ${String(open?.['categories'])} categories`,
)

function* generated(count: number): Generator<readonly Product[]> {
  for (let from = 0; from < count; from += pageSize)
    yield Array.from({ length: Math.min(pageSize, count - from) }, (_, at) => product(from + at))
}
