import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { storeLinks } from '../../examples/products/affiliate.ts'
import { localeContent, locales, productContent } from '../../examples/products/content.ts'
import { kinds, product } from '../../examples/products/products.ts'
import { titleScore } from '../../examples/products/title-score.ts'
import { openDatabase } from '../../src/connectors/database/database.ts'
import { sql } from '../../src/connectors/database/sql.ts'
import { exampleOf } from '../../src/planning/schema/example.ts'
import { strictSchema } from '../../src/planning/schema/schema.ts'
import { temporaryFolder } from '../cli/project.ts'
import { createDatabase } from '../support/postgres.ts'

test('a product is the same on every machine, no two are the same, and all categories come in turn', () => {
  const made = Array.from({ length: 1_000 }, (_, index) => product(index))
  const digest = createHash('sha256')
    .update(JSON.stringify(made.slice(0, 50)))
    .digest('hex')
  expect(digest.slice(0, 16)).toBe('9ce0b1dbf30a472e')
  expect(new Set(made.map(({ sku }) => sku)).size).toBe(1_000)
  expect(new Set(made.slice(0, kinds.length).map(({ category }) => category)).size).toBe(kinds.length)
})

test('the seed fills the tables once, from its own products and from a file of a shop', async () => {
  await using created = await createDatabase()
  using folder = temporaryFolder()
  const file = join(folder.path, 'shop.jsonl')
  const blocks = [{ data: { text: '<b>Loud</b> &amp; clear' }, type: 'paragraph' }, { data: {} }]
  writeFileSync(
    file,
    [
      { sku: 'horn', name: 'Horn', category: 'Brass', type: 'Horn', description: { blocks }, price: null },
      { sku: 7, name: 'Bell', category: 'Brass', description: 'It rings.', price: '12.50', weight: '2 kg' },
      { sku: 'no-name' },
    ]
      .map((line) => `${JSON.stringify(line)}\n`)
      .join(''),
  )
  const seed = fileURLToPath(new URL('../../examples/products/seed.ts', import.meta.url))
  const run = (...options: string[]): Promise<{ readonly stdout: string; readonly stderr: string }> =>
    promisify(execFile)(process.execPath, ['-C', 'offpeak-source', seed, ...options], {
      env: { ...process.env, DATABASE_URL: created.url },
    })
  expect((await run('--products', '12')).stdout).toMatch(/12 read, 12 added/)
  expect((await run('--products', '15')).stdout).toMatch(/15 read, 3 added/)
  const { stdout, stderr } = await run('--from', file)
  expect(stdout).toMatch(/2 read, 2 added\nOpen +17 without content, in 9 categories/)
  expect(stderr).toContain('Left out')
  await using database = await openDatabase(created.url)
  expect(
    await database.query(sql`
      select sku, slug, description, msrp_price::float8 as price, specs, openai_processing_status as status
      from products where category = 'Brass' order by sku`),
  ).toEqual([
    {
      sku: '7',
      slug: '7',
      description: 'It rings.',
      price: 12.5,
      specs: { Weight: '2 kg' },
      status: 'pending',
    },
    {
      sku: 'horn',
      slug: 'horn',
      description: 'Loud & clear',
      price: null,
      specs: { Type: 'Horn' },
      status: 'pending',
    },
  ])
  expect((await run('--reset', '--products', '2')).stdout).toMatch(/Open\s+2 without content/)
})

test('both content schemas go through the strict form and back', () => {
  for (const schema of [localeContent, productContent]) {
    const strict = strictSchema(schema, 'content')
    expect(z.safeParse(schema, strict.decode(lengthened(exampleOf(strict.schema)))).error).toBeUndefined()
  }
  const strict = strictSchema(productContent, 'content')
  const content = productContent.parse(strict.decode(lengthened(exampleOf(strict.schema))))
  expect(Object.keys(content.ai_generated_content)).toEqual([...locales])
  expect(Object.keys(content.ai_generated_content['en-US'])).toEqual([
    'basic_info',
    'technical_analysis',
    'purchase_decision',
    'usage_guidance',
    'maintenance_care',
    'professional_assessment',
  ])
  // Records of open keys are asked for as lists, and come back as what they are.
  expect(content.product_input.specs).toEqual({ [long]: long })
  expect(content.product_input.store_links).toEqual({
    [long]: { product_url: 'https://a.example/', ref_id: long },
  })
})

const long = 'long enough'

/** The shortest example, its texts long enough and its addresses real. */
function lengthened(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (name, inner: unknown) =>
    typeof inner !== 'string' || locales.some((locale) => locale === inner) || inner === 'beginner'
      ? inner
      : name.endsWith('_url')
        ? 'https://a.example/'
        : long,
  )
}

test('store links are addresses where there is an account, and nulls elsewhere', () => {
  const links = storeLinks({ brand: 'Halden', name: 'Strata & Co' }, { thomann: 'me 1' })
  expect(links['thomann']).toEqual({
    product_url: 'https://www.thomann.de/intl/search_dir.html?sw=Halden%20Strata%20%26%20Co&affid=me%201',
    ref_id: 'me 1',
  })
  expect(links['gear4music']).toEqual({ product_url: null, ref_id: null })
  expect(storeLinks({ brand: null, name: 'Strata' }, { thomann: 'x' })['thomann']?.product_url).toContain(
    'sw=Strata&',
  )
})

test.each([
  ['Halden Strata 100 Guitar', 1],
  ['HALDEN Strata 100 Guitar!', 0.75],
  ['A fine instrument', 0.5],
  ['Strata 100', 0.625],
])('the title %s scores %d', (title, score) => {
  expect(titleScore({ name: 'Halden Strata 100 Guitar', brand: 'Halden' }, title)).toBeCloseTo(score)
})
