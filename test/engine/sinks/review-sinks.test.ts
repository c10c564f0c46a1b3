import { DatabaseSync } from 'node:sqlite'
import type { Project } from '../../../src/compose/project.ts'
import { openProject } from '../../../src/compose/open-project.ts'
import { everything } from '../../../src/compose/selection.ts'
import { join } from 'node:path'
import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { sql } from '../../../src/connectors/database/sql.ts'
import * as offpeak from '../../../src/index.ts'
import { temporaryFolder, write } from '../../cli/project.ts'
import { databases } from '../../support/databases.ts'

/** Six notes in a table that is both source and sink; answers score by their number, and those below 3 wait. */
async function project(
  dir: string,
  {
    url,
    query = 'select id, text from notes',
    lines = '',
  }: { readonly url: string; readonly query?: string; readonly lines?: string },
): Promise<Project> {
  await write(dir, {
    'offpeak.config.ts': `import { defineConfig } from 'offpeak'
export default defineConfig({ database: '${url}', emulator: { speed: 2000, write: true }, timings: { pollEveryMs: 30 } })
`,
    'jobs/notes.job.ts': `import { defineJob, openai, postgres, sql } from 'offpeak'
import { z } from 'zod'
export default defineJob({
  name: 'notes',
  from: postgres.rows({ query: sql\`${query}\`, key: 'id', row: z.object({ id: z.number(), text: z.string() }) }),
  model: openai('gpt-4o-mini'), maxTokens: 60,
  prompt: ({ row }) => row.text,
  output: z.object({ summary: z.string() }),
  score: { of: ({ row }) => row.id / 6, min: 0.5 },
  ${lines === '' ? "to: { table: 'notes', set: ({ output, score }) => ({ summary: output.summary, score }) }," : lines}
})
`,
  })
  return openProject({ cwd: dir, modules: { offpeak, zod: { z } } })
}

async function ran(project: Project): Promise<string> {
  const { run } = await project.start('notes', everything, 1_000_000)
  await project.drive({ runIds: [run.id], signal: AbortSignal.timeout(60_000) })
  return run.id
}

const said = { by: 'ada', reason: null } as const
const patch = { summary: 'Put better.' }

describe.each(databases)('review into a table of $name', ({ open }) => {
  const table = sql`create table notes (id int primary key, text text not null, summary text, score float8);
    insert into notes (id, text) select id, 'Note ' || id || ' tells of a ship.' from generate_series(0, 5) as id`
  const rows = `select id, summary, score from notes order by id`

  test('writes what is accepted and edited, and nothing over a row that changed', async () => {
    using folder = temporaryFolder()
    await using at = await open()
    await at.database.exec(table.text)
    await using opened = await project(folder.path, { url: at.url })
    const run = await ran(opened)
    expect((await opened.status(run)).counts).toEqual({ merged: 3, review: 3 })
    await at.database.query(sql`update notes set text = 'Another text.' where id = 1`)
    expect(await opened.review({ run, key: '0', verdict: 'accept', ...said })).toMatchObject({ wrote: true })
    expect(await opened.review({ run, key: '1', verdict: 'accept', ...said })).toMatchObject({
      outcome: 'stale',
      wrote: false,
    })
    expect(await opened.review({ run, key: '2', verdict: 'edit', patch, ...said })).toMatchObject({
      wrote: true,
    })
    expect(await opened.review({ run, key: '4', verdict: 'edit', patch, ...said })).toMatchObject({
      outcome: 'merged',
      wrote: true,
    })
    const found = await at.database.query({ text: rows, values: [] })
    expect(found[0]).toMatchObject({ summary: expect.any(String), score: 0 })
    expect(found[1]).toMatchObject({ summary: null })
    expect(found[2]).toMatchObject(patch)
    expect(found[4]).toMatchObject(patch)
    // Written over by hand since: an edited output does not take its place.
    await at.database.query(sql`update notes set summary = 'By hand.' where id = 5`)
    await expect(opened.review({ run, key: '5', verdict: 'edit', patch, ...said })).rejects.toMatchObject({
      code: 'E_RUN_STATE',
    })
    await expect(opened.review({ run, key: '1', verdict: 'accept', ...said })).rejects.toMatchObject({
      code: 'E_RUN_STATE',
    })
    expect((await at.database.query({ text: rows, values: [] }))[5]).toMatchObject({ summary: 'By hand.' })
    expect((await opened.status(run)).counts).toMatchObject({ merged: 5, stale: 1 })
  })

  test('edits what has left the selection because it was written', async () => {
    using folder = temporaryFolder()
    await using at = await open()
    await at.database.exec(table.text)
    const query = 'select id, text from notes where summary is null'
    await using opened = await project(folder.path, { url: at.url, query })
    const run = await ran(opened)
    expect(await opened.review({ run, key: '3', verdict: 'edit', patch, ...said })).toMatchObject({
      wrote: true,
    })
    expect(await opened.review({ run, key: '0', verdict: 'accept', ...said })).toMatchObject({ wrote: true })
    const found = await at.database.query({ text: rows, values: [] })
    expect(found[3]).toMatchObject(patch)
    expect(found[0]).toMatchObject({ score: 0 })
    // Somebody else has filled this one in: it is no longer asked for, and not written over.
    await at.database.query(sql`update notes set summary = 'By hand.' where id = 1`)
    expect(await opened.review({ run, key: '1', verdict: 'accept', ...said })).toMatchObject({
      outcome: 'stale',
      wrote: false,
    })
  })

  test('joins a record once its last part is accepted, and again when a part is edited', async () => {
    using folder = temporaryFolder()
    await using at = await open()
    await at.database.exec(table.text)
    await using opened = await project(folder.path, {
      url: at.url,
      lines: `
  join: { table: 'notes', set: ({ output, score }) => ({ summary: output.map(({ summary }) => summary).join(' | '), score }) },`,
      query: 'select id, text from notes',
    })
    const path = join(folder.path, 'jobs/notes.job.ts')
    writeFileSync(
      path,
      readFileSync(path, 'utf8').replace(
        /row: z.object\((.*)\) \}\),/,
        "row: z.object($1) }).flatMap((row) => ['de', 'fr'].map((locale) => ({ ...row, locale }))).key('id', 'locale'),",
      ),
    )
    await opened[Symbol.asyncDispose]()
    await using again = await openProject({ cwd: folder.path, modules: { offpeak, zod: { z } } })
    const run = await ran(again)
    expect((await again.status(run)).counts).toMatchObject({ merged: 6, review: 6 })
    const summary = async (id: number): Promise<unknown> =>
      (await at.database.query({ text: rows, values: [] }))[id]?.['summary']
    expect(await again.review({ run, key: '1/de', verdict: 'accept', ...said })).toMatchObject({
      outcome: 'held',
      wrote: false,
    })
    expect(await summary(1)).toBeNull()
    expect(await again.review({ run, key: '1/fr', verdict: 'edit', patch, ...said })).toMatchObject({
      outcome: 'merged',
      wrote: true,
    })
    expect(await summary(1)).toMatch(/ \| Put better\.$/)
    expect(await again.review({ run, key: '4/de', verdict: 'edit', patch, ...said })).toMatchObject({
      outcome: 'merged',
      wrote: true,
    })
    expect(await summary(4)).toMatch(/^Put better\. \| /)
    await again.mergeAgain(run, null)
    expect(await summary(4)).toMatch(/^Put better\. \| /)
    expect((await again.status(run)).counts).toMatchObject({ merged: 8, review: 4, held: 0 })
    await at.database.query(sql`update notes set summary = 'By hand.' where id = 5`)
    await expect(again.review({ run, key: '5/de', verdict: 'edit', patch, ...said })).rejects.toMatchObject({
      code: 'E_RUN_STATE',
    })
    expect(await summary(5)).toBe('By hand.')
    // A part that is turned down keeps its record from being written.
    await again.review({ run, key: '0/de', verdict: 'reject', ...said })
    expect(await again.review({ run, key: '0/fr', verdict: 'accept', ...said })).toMatchObject({
      outcome: 'held',
      wrote: false,
    })
    expect(await summary(0)).toBeNull()
  })
})

test('a SQLite file knows no versions of rows: its source is asked whether one changed', async () => {
  using folder = temporaryFolder()
  const database = new DatabaseSync(join(folder.path, 'notes.db'))
  database.exec('create table notes (id integer primary key, text text not null, summary text)')
  for (let id = 0; id < 4; id++)
    database.prepare('insert into notes (id, text) values (?, ?)').run(id, `Note ${id} tells of a ship.`)
  await write(folder.path, {
    'offpeak.config.ts':
      "import { defineConfig } from 'offpeak'\nexport default defineConfig({ emulator: { speed: 2000, write: true }, timings: { pollEveryMs: 30 } })\n",
    'jobs/notes.job.ts': `import { defineJob, openai, sql, sqlite } from 'offpeak'
import { z } from 'zod'
export default defineJob({
  name: 'notes',
  from: sqlite.rows({ file: 'notes.db', query: sql\`select id, text from notes\`, key: 'id', row: z.object({ id: z.number(), text: z.string() }) }),
  model: openai('gpt-4o-mini'), maxTokens: 60,
  prompt: ({ row }) => row.text,
  output: z.object({ summary: z.string() }),
  score: { of: ({ row }) => row.id / 4, min: 0.5 },
  to: { database: 'notes.db', table: 'notes', set: ({ output }) => ({ summary: output.summary }) },
})
`,
  })
  await using opened = await openProject({ cwd: folder.path, modules: { offpeak, zod: { z } } })
  const run = await ran(opened)
  database.exec(
    "update notes set text = 'Another text.' where id = 0; update notes set summary = 'By hand.' where id = 2",
  )
  const summary = (id: number): unknown =>
    database.prepare('select summary from notes where id = ?').get(id)?.['summary']
  expect(await opened.review({ run, key: '0', verdict: 'accept', ...said })).toMatchObject({
    outcome: 'stale',
  })
  expect(summary(0)).toBeNull()
  expect(await opened.review({ run, key: '1', verdict: 'edit', patch, ...said })).toMatchObject({
    wrote: true,
  })
  expect(await opened.review({ run, key: '3', verdict: 'edit', patch, ...said })).toMatchObject({
    wrote: true,
  })
  expect([summary(1), summary(3)]).toEqual(['Put better.', 'Put better.'])
  await expect(opened.review({ run, key: '2', verdict: 'edit', patch, ...said })).rejects.toMatchObject({
    code: 'E_RUN_STATE',
  })
  expect(summary(2)).toBe('By hand.')
  database.close()
})

test('a file that was edited by hand is left as it is', async () => {
  using folder = temporaryFolder()
  await write(folder.path, {
    'offpeak.config.ts':
      "import { defineConfig } from 'offpeak'\nexport default defineConfig({ emulator: { speed: 2000, write: true }, timings: { pollEveryMs: 30 } })\n",
    'notes.jsonl': [0, 1].map((id) => `${JSON.stringify({ id, text: `Note ${id}` })}\n`).join(''),
    'jobs/notes.job.ts': `import { defineJob, jsonl, openai } from 'offpeak'
import { z } from 'zod'
export default defineJob({
  name: 'notes',
  from: jsonl.rows({ file: 'notes.jsonl', key: 'id', row: z.object({ id: z.number(), text: z.string() }) }),
  model: openai('gpt-4o-mini'), maxTokens: 60,
  prompt: ({ row }) => row.text,
  to: { file: ({ key }) => \`out/\${key}.txt\`, skipExisting: true },
})
`,
  })
  await using opened = await openProject({ cwd: folder.path, modules: { offpeak, zod: { z } } })
  const run = await ran(opened)
  const path = (id: number): string => join(folder.path, `out/${id}.txt`)
  writeFileSync(path(1), 'By hand.')
  const edit = { run, verdict: 'edit', patch: 'Put better.', ...said } as const
  expect(await opened.review({ ...edit, key: '0' })).toMatchObject({ wrote: true })
  await expect(opened.review({ ...edit, key: '1' })).rejects.toMatchObject({ code: 'E_RUN_STATE' })
  expect([0, 1].map((id) => readFileSync(path(id), 'utf8'))).toEqual(['Put better.', 'By hand.'])
})
