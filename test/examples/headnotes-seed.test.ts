import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { exampleHeadnotes, judgment } from '../../examples/headnotes/judgments.ts'
import { openDatabase } from '../../src/connectors/database/database.ts'
import { sql } from '../../src/connectors/database/sql.ts'
import { createDatabase } from '../support/postgres.ts'

test('a judgment is the same on every machine, and no two are the same', () => {
  const digest = createHash('sha256')
  for (let index = 0; index < 50; index += 1) digest.update(JSON.stringify(judgment(index)))
  expect(digest.digest('hex').slice(0, 16)).toBe('d93d3118fa2ea91c')
  const sizes = Array.from({ length: 1000 }, (_, index) => Buffer.byteLength(judgment(index).fullText))
  const average = sizes.reduce((sum, size) => sum + size, 0) / sizes.length
  expect(average).toBeGreaterThan(15_000)
  expect(average).toBeLessThan(22_000)
  expect(Math.max(...sizes)).toBeGreaterThan(80_000)
  expect(new Set(Array.from({ length: 1000 }, (_, index) => judgment(index).neutralCitation)).size).toBe(1000)
  expect(new Set(exampleHeadnotes()).size).toBe(12)
})

test('the seed fills the tables once, however often it runs', async () => {
  await using created = await createDatabase()
  const seed = fileURLToPath(new URL('../../examples/headnotes/seed.ts', import.meta.url))
  const run = (...options: string[]): Promise<{ readonly stdout: string }> =>
    promisify(execFile)(process.execPath, ['-C', 'offpeak-source', seed, ...options], {
      env: { ...process.env, DATABASE_URL: created.url },
    })
  expect((await run('--cases', '12')).stdout).toMatch(/12 read, 12 added/)
  expect((await run('--cases', '15')).stdout).toMatch(/15 read, 3 added/)
  await using database = await openDatabase(created.url)
  const [counts] = await database.query(
    sql`select (select count(*) from court_cases) as cases, (select count(*) from headnote_corpus) as headnotes`,
  )
  expect(counts).toEqual({ cases: 15, headnotes: 12 })
  expect((await run('--reset', '--cases', '2')).stdout).toMatch(/Open\s+2 cases/)
})
