import { expect, test } from 'vitest'
import { openDatabase } from '../../../src/connectors/database/database.ts'
import { sql } from '../../../src/connectors/database/sql.ts'
import { call, jsonOf, linesOf, temporaryFolder, write } from '../project.ts'
import { z } from 'zod'
import { join } from 'node:path'

/** A project that writes about products in seven locales, in files of five requests. */
async function productsProject(dir: string): Promise<void> {
  await write(dir, {
    'offpeak.config.ts': `import { defineConfig } from 'offpeak'
export default defineConfig({
  database: 'pglite:cases', emulator: { speed: 2_000, write: true }, batch: { maxRequests: 5 },
  timings: { pollEveryMs: 50, filesAhead: 1 },
})
`,
    'jobs/products.job.ts': `import { azure, defineJob, postgres, sql } from 'offpeak'
import { z } from 'zod'
const locales = ['en', 'de', 'fr', 'es', 'it', 'nl', 'pl'] as const
export default defineJob({
  name: 'products',
  params: z.object({ category_limit: z.coerce.number().int().positive().optional() }),
  from: ({ params }) => postgres
    .rows({
      query: sql\`select sku, category, name from products\`, key: 'sku',
      row: z.object({ sku: z.string(), category: z.string(), name: z.string() }),
    })
    .filter((row) => row.name !== '')
    .limitPer('category', params.category_limit)
    .flatMap((row) => locales.map((locale) => ({ ...row, locale })))
    .key('sku', 'locale'),
  model: azure('gpt-4o-mini-batch'),
  maxTokens: 100,
  prompt: ({ row }) => \`Describe \${row.name} (\${row.sku}) in \${row.locale}.\`,
  output: z.object({ title: z.string() }),
  to: {
    upsert: 'product_content', key: ['sku', 'locale'],
    set: ({ row, output }) => ({ sku: row.sku, locale: row.locale, title: output.title, about: row.name }),
  },
  budget: { perRun: '$5' },
})
`,
  })
  await inDatabase(
    dir,
    `create table products (sku text primary key, category text, name text);
     create table product_content (sku text, locale text, title text, about text, primary key (sku, locale));
     insert into products select 'sku-' || lpad(i::text, 4, '0'), 'c' || i % 2, 'Product ' || i
       from generate_series(1, 4) as i;
     insert into products values ('sku-0000', 'c0', '')`,
  )
}

async function inDatabase(dir: string, statements: string): Promise<void> {
  await using database = await openDatabase('pglite:cases', dir)
  await database.exec(statements)
}

interface Content {
  readonly sku: string
  readonly locale: string
  readonly title: string
  readonly about: string
}

async function contentOf(dir: string): Promise<readonly Content[]> {
  await using database = await openDatabase('pglite:cases', dir)
  const rows = await database.query(sql`select * from product_content order by sku, locale`)
  return z
    .array(z.object({ sku: z.string(), locale: z.string(), title: z.string(), about: z.string() }))
    .parse(rows)
}

test('a plan tells parts from records, and a run writes each part once, however files cut the records', async () => {
  using folder = temporaryFolder()
  await productsProject(folder.path)
  const plan = await call(folder.path, 'plan', 'products')
  expect(plan.stdout).toMatch(/Records +28 parts of 4 records · 0 done before/)
  expect(plan.stdout).toMatch(/From +products · filtered · in parts/)
  expect(plan.stdout).toMatch(/Requests +28 in 6 files/)
  const few = await call(folder.path, 'plan', 'products', '-p', 'category_limit=1')
  expect(few.stdout).toMatch(/Records +14 parts of 2 records/)
  expect(few.stdout).toMatch(/From +products · filtered · the first 1 of each category · in parts/)

  const run = await call(folder.path, 'run', 'products', '--yes')
  expect(run.exit).toBe(0)
  const content = await contentOf(folder.path)
  expect(content).toHaveLength(28)
  expect(
    content.every(({ sku, about, title }) => about === `Product ${Number(sku.slice(4))}` && title !== ''),
  ).toBe(true)
  const again = await call(folder.path, 'run', 'products', '--yes')
  expect(again.stderr).toContain('all 28 are done and unchanged')
}, 120_000)

test('the parts of a record that changed meanwhile are stale, and no others', async () => {
  using folder = temporaryFolder()
  await productsProject(folder.path)
  const built = await call(folder.path, 'build', 'products', '--json')
  const { run } = z.object({ run: z.string() }).parse(jsonOf(built))
  await inDatabase(folder.path, "update products set name = 'Another' where sku = 'sku-0002'")
  const submitted = await call(folder.path, 'submit', run, '--yes')
  // It leaves once all is sent, unless the run is over before.
  expect([0, 6]).toContain(submitted.exit)
  const resumed = await call(folder.path, 'resume', run)
  expect(`${submitted.stdout}${resumed.stdout}`).toMatch(/7 +stale: its row changed after it was read/)
  const content = await contentOf(folder.path)
  expect(new Set(content.map(({ sku }) => sku))).toEqual(new Set(['sku-0001', 'sku-0003', 'sku-0004']))
  expect(content).toHaveLength(21)
}, 120_000)

const chunkLine = z.object({ key: z.string(), title: z.string(), chunk: z.number(), of: z.number() })

test('a plan of many records says about how many parts they make, and chunks are merged by key', async () => {
  using folder = temporaryFolder()
  await write(folder.path, {
    'offpeak.config.ts': `import { defineConfig } from 'offpeak'
export default defineConfig({ emulator: { speed: 2_000, write: true }, timings: { pollEveryMs: 50 } })
`,
    'texts.jsonl': Array.from(
      { length: 3_000 },
      (_, id) => `${JSON.stringify({ id, body: `Sentence ${id} is here. `.repeat(id % 2 ? 20 : 40) })}\n`,
    ).join(''),
    'jobs/chunks.job.ts': `import { azure, defineJob, jsonl } from 'offpeak'
import { z } from 'zod'
export default defineJob({
  name: 'chunks',
  from: jsonl
    .rows({ file: 'texts.jsonl', key: 'id', row: z.object({ id: z.number(), body: z.string() }) })
    .chunk({ field: 'body', tokens: 100, overlap: 0.1 }),
  model: azure('gpt-4o-mini-batch'),
  maxTokens: 100,
  prompt: ({ row }) => row.chunk.text,
  output: z.object({ title: z.string() }),
  to: { jsonl: 'out.jsonl', line: ({ row, output }) => ({ ...output, chunk: row.chunk.index, of: row.chunk.count }) },
  budget: { perRun: '$5' },
})
`,
  })
  const plan = await call(folder.path, 'plan', 'chunks')
  expect(plan.stdout).toMatch(/Records +about [\d,]+ parts of about (2,9\d\d|3,[01]\d\d|3,000) records/)
  const run = await call(folder.path, 'run', 'chunks', '--limit', '7', '--yes')
  expect(run.exit).toBe(0)
  const lines = linesOf(join(folder.path, 'out.jsonl'), chunkLine)
  expect(lines).toHaveLength(7)
  for (const { key, chunk } of lines) expect(key.split('\u001f')[1]).toBe(String(chunk))
}, 120_000)
