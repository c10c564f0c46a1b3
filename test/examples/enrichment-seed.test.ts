import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { announcement } from '../../examples/enrichment/events.ts'
import { openDatabase } from '../../src/connectors/database/database.ts'
import { sql } from '../../src/connectors/database/sql.ts'
import { loadTokenizer } from '../../src/planning/tokens/count-tokens.ts'
import { temporaryFolder } from '../cli/project.ts'
import { createDatabase } from '../support/postgres.ts'

const announcements = Array.from({ length: 1_000 }, (_, index) => announcement(index))

test('an announcement is the same on every machine, and no two are the same', () => {
  const digest = createHash('sha256')
    .update(JSON.stringify(announcements.slice(0, 50)))
    .digest('hex')
  expect(digest.slice(0, 16)).toBe('3ab10cb6ff7d3c92')
  expect(new Set(announcements.map(({ body }) => body)).size).toBe(1_000)
  expect(new Set(announcements.map(({ lang }) => lang))).toEqual(new Set(['en', 'ja', 'zh', 'de']))
  expect(announcements.filter(({ body }) => /\p{Extended_Pictographic}/u.test(body)).length).toBeGreaterThan(
    50,
  )
})

test('some announcements are long enough for several chunks', async () => {
  const { count } = await loadTokenizer('cl100k_base')
  const sizes = announcements.slice(0, 100).map(({ body }) => count(body))
  expect(sizes.filter((tokens) => tokens > 1_500).length).toBeGreaterThan(6)
  expect(Math.max(...sizes)).toBeGreaterThan(3 * 1_500)
  expect(sizes.filter((tokens) => tokens < 1_500).length).toBeGreaterThan(80)
})

test('the seed fills the table once, and adds what is missing to a table that is there', async () => {
  await using created = await createDatabase()
  using folder = temporaryFolder()
  const seed = fileURLToPath(new URL('../../examples/enrichment/seed.ts', import.meta.url))
  const run = async (...options: readonly string[]): Promise<string> => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['-C', 'offpeak-source', seed, ...options],
      {
        env: { ...process.env, DATABASE_URL: '', SUPABASE_DB_URL: '', NEON_DATABASE_URL: created.url },
      },
    )
    return stdout
  }
  await using database = await openDatabase(created.url)
  await database.exec(`create table events (event_id text primary key, authority text not null, event_hash text not null,
    kind text not null, lang text not null, title text not null, body text not null, url text,
    published_at timestamptz not null, unique (authority, event_hash))`)
  expect(await run('--events', '12')).toMatch(/12 read, 12 added/)
  expect(await run('--events', '15')).toMatch(/15 read, 3 added, 12 were there/)
  const file = join(folder.path, 'conferences.jsonl')
  const conference = {
    topic: 'ruby',
    name: 'Rubyfuza',
    url: 'http://rubyfuza.example',
    startDate: '2014-02-06',
    endDate: '2014-02-08',
    city: null,
    country: null,
    online: null,
    locales: null,
  }
  await writeFile(file, `${JSON.stringify(conference)}\n${JSON.stringify({ ...conference, topic: 'web' })}\n`)
  expect(await run('--from', file)).toMatch(/2 read, 2 added/)
  expect(
    await database.query(
      sql`select authority, title, body from events where kind = 'conference' order by authority limit 1`,
    ),
  ).toMatchObject([
    { authority: 'conferences/ruby', title: 'Rubyfuza 2014', body: expect.stringContaining('online') },
  ])
  expect(await run('--reset', '--events', '2')).toMatch(/Open\s+2 without a summary/)
})
