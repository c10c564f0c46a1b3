import { mkdirSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { openDatabase, sql } from '../src/index.ts'
import { call, temporaryFolder, write } from './cli/project.ts'
import { pdfOf } from './support/pdf.ts'

const guide = await readFile(resolve(import.meta.dirname, '../docs/jobs.md'), 'utf8')

/** Job files of the guide, by the path in their first line. */
const jobs = [...guide.matchAll(/```ts\n\/\/ (jobs\/([\w-]+)\.job\.ts)\n([\s\S]*?)```/g)].map(
  ([, path = '', name = '', code = '']) => ({ path, name, code }),
)

const tables = `
create extension vector;
create table articles (
  id integer primary key, section text not null, title text not null, body text not null,
  summary text, topics text[], summary_model text, summary_at timestamptz, summary_vector vector(1536),
  titles jsonb, vector real[], tags text[], tag_status text, tag_error text
);
create table headlines (id integer primary key, headline text, score real, variant text);
create table article_chunks (article_id integer, n integer, text text, vector vector(1536), primary key (article_id, n));
create table tag_batches (id text primary key, state text, requests integer, provider_id text);
insert into articles (id, section, title, body)
  select n, case when n % 2 = 0 then 'news' else 'law' end, 'Article ' || n,
    repeat('Article ' || n || ' tells of a harbour and its ships. ', case when n = 3 then 400 else 5 end)
  from generate_series(1, 6) as n;
`

test('every job of the guide runs as it stands there', { timeout: 120_000 }, async () => {
  expect(jobs.length).toBeGreaterThan(8)
  using folder = temporaryFolder()
  const dir = folder.path
  await write(dir, {
    'offpeak.config.ts':
      "import { defineConfig } from 'offpeak'\nexport default defineConfig({ emulator: { speed: 2000, write: true }, database: 'pglite:.offpeak/db', timings: { pollEveryMs: 50 } })\n",
    'notes.jsonl': [1, 2, 3].map((id) => `${JSON.stringify({ id, text: `Note ${id}` })}\n`).join(''),
    'course/outline.md': '# Course\n\n## Part\n\n### One\n\nFirst.\n\n### Two\n\nSecond.\n',
    ...Object.fromEntries(jobs.map(({ path, code }) => [path, code])),
  })
  mkdirSync(join(dir, 'scans'))
  writeFileSync(join(dir, 'scans', 'a.pdf'), pdfOf(['One page.', 'Two pages.', 'Three pages.']))
  {
    await using database = await openDatabase('pglite:.offpeak/db', dir)
    await database.exec(tables)
  }
  for (const { name } of jobs) {
    const ran = await call(dir, 'run', name, '--max-cost', '$1')
    expect(ran.exit, `${name}: ${ran.stdout}${ran.stderr}`).toBe(0)
  }
  const again = await call(dir, 'run', 'summaries', 'vectors', '--max-cost', '$1')
  expect(again.stderr, 'a second run sends nothing').toContain('Nothing was sent')
  await using database = await openDatabase('pglite:.offpeak/db', dir)
  expect(
    await database.query(
      sql`select count(*)::int as all, count(summary)::int as summaries, count(vector)::int as vectors,
        count(summary_vector)::int as summary_vectors, count(titles)::int as titles,
        count(*) filter (where tag_status = 'completed')::int as tagged from articles`,
    ),
  ).toEqual([{ all: 6, summaries: 6, vectors: 6, summary_vectors: 6, titles: 4, tagged: 6 }])
})
