import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { locales } from '../../examples/products/content.ts'
import { product } from '../../examples/products/products.ts'
import { openDatabase } from '../../src/connectors/database/database.ts'
import { sql } from '../../src/connectors/database/sql.ts'
import { type Emulator, startEmulator } from '../../src/emulator/index.ts'
import { offpeakProcess, readJson } from '../cli/notes-project.ts'
import { call, jsonOf, temporaryFolder } from '../cli/project.ts'
import { databases } from '../support/databases.ts'
import { createDatabase } from '../support/postgres.ts'
import { batchRows, edit, markPrompts, productRows, shop } from './shop.ts'

const sorted = locales.toSorted()
const fast = (): Promise<Emulator> => startEmulator({ speed: 2_000 })
const run = ['run', 'products', '--max-cost', '$5'] as const
const skuOf = (index: number): string => product(index).sku

describe.each(databases)('the products system on $name', ({ open }) => {
  test('takes so many products of each category and writes each once all of its locales are there', async () => {
    using folder = temporaryFolder()
    await using at = await open()
    await using emulator = await fast()
    await shop(folder.path, { databaseUrl: at.url, emulator, products: 20, maxRequests: 14 })
    const ran = await call(folder.path, ...run, '-p', 'category_limit=1')
    expect(ran.exit, ran.stderr).toBe(0)
    const rows = await productRows(at.database)
    const done = rows.filter(({ status }) => status === 'completed')
    expect(done).toHaveLength(8)
    expect(rows.filter(({ status }) => status === 'pending')).toHaveLength(12)
    for (const row of done) {
      expect(row).toMatchObject({ product: row.sku, error: null, complete: true, locales: sorted })
      expect(row.batch).toMatch(/^batch_/)
      expect(row.processed).not.toBeNull()
    }
    const batches = await batchRows(at.database)
    expect(batches).toHaveLength(4)
    for (const batch of batches)
      expect(batch).toEqual({
        filename: expect.stringMatching(/\.jsonl$/),
        products: 2,
        status: 'completed',
        job: expect.stringMatching(/^batch_/),
        result: expect.stringMatching(/^file-/),
        error: null,
        completed: expect.any(String),
      })
    const [links] = await at.database.query(sql`
      select count(*) as count from products
      where product_input #>> '{store_links,thomann,product_url}' like 'https://www.thomann.de/%'
        and product_input #> '{store_links,sweetwater,product_url}' = 'null'
        and ai_generated_content #> '{de-DE,technical_analysis,specs}' is not null`)
    expect(links).toEqual({ count: 8 })

    const again = await call(folder.path, ...run, '-p', 'category_limit=1')
    expect(again.stderr).toContain('all 56 are done and unchanged')
    expect(emulator.bill()).toMatchObject({ requests: 8 * 7, duplicate_requests: 0 })
    expect((await call(folder.path, ...run, '-p', 'category_limit=2')).exit).toBe(0)
    expect(emulator.bill()).toMatchObject({ requests: 16 * 7, duplicate_requests: 0 })
    expect(await batchRows(at.database)).toHaveLength(8)
  })

  test('shows in its tables what is on its way', async () => {
    using folder = temporaryFolder()
    await using at = await open()
    await using emulator = await startEmulator()
    await shop(folder.path, { databaseUrl: at.url, emulator, products: 4, maxRequests: 7 })
    const built = await call(folder.path, 'build', 'products', '--json')
    const { run } = readJson(z.object({ run: z.string() }), built)
    const waiting = await batchRows(at.database)
    expect(waiting.map(({ status, job }) => [status, job])).toEqual(
      Array.from({ length: 4 }, () => ['pending', null]),
    )
    expect((await productRows(at.database)).every(({ status }) => status === 'pending')).toBe(true)
    expect((await call(folder.path, 'submit', run, '--yes')).exit).toBe(0)
    const during = await productRows(at.database)
    expect(during.map(({ status, locales }) => [status, locales])).toEqual(
      Array.from({ length: 4 }, () => ['processing', null]),
    )
    expect(during.every(({ batch, processed }) => batch?.startsWith('batch_') && processed === null)).toBe(
      true,
    )
    const batches = await batchRows(at.database)
    expect(batches.map(({ status, products, completed }) => [status, products, completed])).toEqual(
      Array.from({ length: 4 }, () => ['processing', 1, null]),
    )
    emulator.advanceClock(3_600_000)
    const resumed = await call(folder.path, 'resume', run)
    expect(resumed.exit, resumed.stderr).toBe(0)
    expect((await productRows(at.database)).every(({ status }) => status === 'completed')).toBe(true)
    expect((await batchRows(at.database)).every(({ status }) => status === 'completed')).toBe(true)
  })

  test('a product with a bad locale stays unwritten, says why, and is completed by that locale alone', async () => {
    using folder = temporaryFolder()
    await using at = await open()
    await using emulator = await fast()
    await shop(folder.path, { databaseUrl: at.url, emulator, products: 6, maxRequests: 14 })
    const marks = {
      [`${skuOf(0)}/fr-FR`]: '[[refusal]]',
      [`${skuOf(1)}/de-DE`]: '[[invalid_json]]',
      [`${skuOf(2)}/es-ES`]: '[[line_missing]]',
    }
    await markPrompts(folder.path, marks)
    // Half of the batch that is created first is not run before its window closes; it is sent again.
    emulator.addFault({
      operation: 'batch',
      action: { type: 'scenario', name: 'expire-partial', fraction: 0.5, windowSeconds: 60 },
    })
    const ran = await call(folder.path, ...run)
    expect(ran.exit, ran.stderr).toBe(6)
    const rows = new Map((await productRows(at.database)).map((row) => [row.sku, row]))
    for (const [index, reason] of [/^refused: /, /^invalid: /, /^lost: /].entries()) {
      const row = rows.get(skuOf(index))
      expect(row).toMatchObject({ status: 'failed', locales: null, complete: false })
      expect(row?.error).toMatch(reason)
      expect(row?.processed).not.toBeNull()
    }
    for (const index of [3, 4, 5])
      expect(rows.get(skuOf(index))).toMatchObject({ status: 'completed', error: null, locales: sorted })
    const batches = await batchRows(at.database)
    const expired = batches.filter(({ status }) => status !== 'completed')
    expect(expired.map(({ status, error }) => [status, error])).toEqual([['expired', 'expired']])

    const before = emulator.bill().requests
    for (const [left, key] of Object.keys(marks).entries()) {
      // What was wrong with this one is mended.
      await edit(folder.path, 'products', (text) => text.replace(JSON.stringify(key), '"mended"'))
      const mended = await call(folder.path, ...run, '--only', key.slice(0, key.indexOf('/')))
      expect(mended.exit, mended.stderr).toBe(0)
      expect(emulator.bill().requests).toBe(before + left + 1)
    }
    for (const row of await productRows(at.database))
      expect(row).toMatchObject({ status: 'completed', error: null, locales: sorted, complete: true })
  })

  test('locales may be written one by one as they come', async () => {
    using folder = temporaryFolder()
    await using at = await open()
    await using emulator = await fast()
    await shop(folder.path, { databaseUrl: at.url, emulator, products: 3 })
    await edit(folder.path, 'products', (text) =>
      text.replace(/ {2}join: \{[\s\S]*?\n {2}\},\n/, '').replace('// to: {', 'to: {'),
    )
    await markPrompts(folder.path, { [`${skuOf(1)}/de-DE`]: '[[refusal]]' })
    expect((await call(folder.path, ...run)).exit).toBe(6)
    const contents = await at.database.query(sql`
      select sku, count(*) as locales, bool_and(content ->> 'locale' = locale) as right
      from product_contents group by sku order by sku`)
    expect(contents).toEqual(
      [0, 1, 2]
        .map((index) => ({ sku: skuOf(index), locales: index === 1 ? 6 : 7, right: true }))
        .toSorted((one, other) => (one.sku < other.sku ? -1 : 1)),
    )
    const statuses = Object.fromEntries(
      (await productRows(at.database)).map(({ sku, status }) => [sku, status]),
    )
    expect(statuses).toEqual({
      [skuOf(0)]: 'completed',
      [skuOf(1)]: 'failed',
      [skuOf(2)]: 'completed',
    })
  })

  test('what is written is judged by the job that follows, titles are compared, and whole products go as one', async () => {
    using folder = temporaryFolder()
    await using at = await open()
    await using emulator = await fast()
    const jobs = ['products', 'product-quality', 'product-titles', 'product-whole']
    await shop(folder.path, { databaseUrl: at.url, emulator, products: 10, jobs })
    const ran = await call(folder.path, ...run, '-p', 'category_limit=1')
    expect(ran.stderr).toContain('Next, because it follows: product-quality')
    const [quality] = await at.database.query(sql`
      select count(*) filter (where quality_score >= 0.2) as good, count(*) filter (where quality_score < 0.2) as poor
      from products`)
    expect(quality?.['poor']).toBe(0)
    expect(quality?.['good']).toBeGreaterThan(0)

    await call(folder.path, 'run', 'product-titles', '--max-cost', '$1')
    const compared = await call(folder.path, 'compare', 'product-titles', '--json')
    const figures = { records: expect.any(Number), score: expect.any(Number) }
    expect(jsonOf(compared), compared.stderr).toMatchObject({ a: figures, b: figures })
    const variants = await at.database.query(
      sql`select distinct title_variant as variant from products where title is not null order by 1`,
    )
    expect(variants).toEqual([{ variant: 'benefit' }, { variant: 'plain' }])

    const whole = await call(folder.path, 'run', 'product-whole', '--max-cost', '$1')
    expect(whole.exit, whole.stderr + whole.stdout).toBe(0)
    for (const row of await productRows(at.database))
      expect(row).toMatchObject({ status: 'completed', locales: sorted, complete: true })
  })
})

const places = [
  {
    name: 'PGlite',
    open: () => Promise.resolve({ url: 'pglite:shop', [Symbol.asyncDispose]: () => Promise.resolve() }),
  },
  { name: 'PostgreSQL', open: createDatabase },
]

test.each(places)('killed half-way on $name, a second run pays for nothing twice', async ({ open }) => {
  using folder = temporaryFolder()
  await using at = await open()
  await using emulator = await startEmulator({ speed: 200 })
  await shop(folder.path, { databaseUrl: at.url, emulator, products: 16, maxRequests: 14 })
  const killed = await offpeakProcess(folder.path, run, { whenSaid: [/ rows=[1-9]\d*\/112 /, 'SIGKILL'] })
  expect(killed.signal, killed.stderr).toBe('SIGKILL')
  const second = await offpeakProcess(folder.path, run)
  expect(second.exit, second.stderr).toBe(0)
  await using database = await openDatabase(at.url, folder.path)
  for (const row of await productRows(database))
    expect(row).toMatchObject({ status: 'completed', locales: sorted, complete: true })
  expect((await batchRows(database)).map(({ status }) => status)).toEqual(
    Array.from({ length: 8 }, () => 'completed'),
  )
  expect(emulator.bill()).toMatchObject({ requests: 16 * 7, duplicate_requests: 0 })
})
