import { cp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { insertProducts } from '../../examples/products/insert.ts'
import { product } from '../../examples/products/products.ts'
import { createTables } from '../../examples/products/schema.ts'
import { type Database, openDatabase } from '../../src/connectors/database/database.ts'
import { sql } from '../../src/connectors/database/sql.ts'
import type { Emulator } from '../../src/emulator/index.ts'
import { write } from '../cli/project.ts'

const example = join(import.meta.dirname, '../../examples/products')

export interface ShopOptions {
  readonly databaseUrl: string
  readonly emulator: Pick<Emulator, 'openaiBaseUrl'>
  readonly products?: number
  /** The requests of one file. */
  readonly maxRequests?: number
  /** Job files that stay; only `products` when left out, so that nothing follows it. */
  readonly jobs?: readonly string[]
}

/** The example as it is shipped, asking the given emulator, with so many products. */
export async function shop(
  dir: string,
  { databaseUrl, emulator, products = 8, maxRequests = 1_000, jobs = ['products'] }: ShopOptions,
): Promise<void> {
  await cp(example, dir, { recursive: true, filter: (path) => !path.includes('.offpeak') })
  for (const name of ['products', 'product-whole', 'product-quality', 'product-titles']) {
    if (!jobs.includes(name)) await rm(join(dir, 'jobs', `${name}.job.ts`))
    else
      await edit(dir, name, (text) =>
        text
          .replace('azure, ', 'openaiCompatible, ')
          .replace(
            "azure(null, { model: 'gpt-4o-mini' })",
            `openaiCompatible({ baseUrl: '${emulator.openaiBaseUrl}', apiKeyEnv: 'SHOP_TEST_KEY' })('gpt-4o-mini')`,
          ),
      )
  }
  await write(dir, {
    '.env': 'SHOP_TEST_KEY=any-key\n',
    'offpeak.config.ts': `import { defineConfig } from 'offpeak'
export default defineConfig({
  database: '${databaseUrl}', batch: { maxRequests: ${maxRequests} },
  timings: { pollEveryMs: 50, settleMs: [20, 40], listingLagMs: 50, leaseMs: 1_500, filesAhead: 2 },
})
`,
  })
  await using database = await openDatabase(databaseUrl, dir)
  await database.exec(createTables)
  await insertProducts(
    database,
    Array.from({ length: products }, (_, index) => product(index)),
  )
}

/** Changes a job file; fails when that changes nothing. */
export async function edit(dir: string, job: string, change: (text: string) => string): Promise<void> {
  const path = join(dir, 'jobs', `${job}.job.ts`)
  const text = await readFile(path, 'utf8')
  const changed = change(text)
  if (changed === text) throw new Error(`${path} does not have what is to be changed`)
  await writeFile(path, changed)
}

/** The prompt with words behind it for some products and locales, as the emulator's markers are. */
export async function markPrompts(dir: string, marks: Readonly<Record<string, string>>): Promise<void> {
  await edit(dir, 'products', (text) =>
    text.replace(
      'prompt: writeForLocale,',
      `prompt: (context) => {
    const prompt = writeForLocale(context)
    const marks: Readonly<Record<string, string>> = ${JSON.stringify(marks)}
    return { ...prompt, user: prompt.user + (marks[context.row.sku + '/' + context.row.locale] ?? '') }
  },`,
    ),
  )
}

const productRow = z.object({
  sku: z.string(),
  status: z.string(),
  product: z.string().nullable(),
  batch: z.string().nullable(),
  processed: z.string().nullable(),
  error: z.string().nullable(),
  locales: z.array(z.string()).nullable(),
  complete: z.boolean(),
})

/** The products as the columns have them, by sku. */
export async function productRows(database: Database): Promise<readonly z.output<typeof productRow>[]> {
  const rows = await database.query(sql`
    select sku, openai_processing_status as status, openai_product_id as product, openai_batch_id as batch,
      openai_processed_at::text as processed, openai_error_message as error,
      case when ai_generated_content is not null then
        (select jsonb_agg(key order by key) from jsonb_object_keys(ai_generated_content) as key) end as locales,
      (product_input is not null and images is not null and customer_reviews is not null
        and content_metadata is not null and qa is not null) as complete
    from products order by sku`)
  return z.array(productRow).parse(rows)
}

const batchRow = z.object({
  filename: z.string(),
  products: z.number(),
  status: z.string(),
  job: z.string().nullable(),
  result: z.string().nullable(),
  error: z.string().nullable(),
  completed: z.string().nullable(),
})

export async function batchRows(database: Database): Promise<readonly z.output<typeof batchRow>[]> {
  const rows = await database.query(sql`
    select filename, product_count as products, status, openai_job_id as job, result_file as result,
      error_message as error, completed_at::text as completed from openai_batches order by batch_id`)
  return z.array(batchRow).parse(rows)
}
