import { join } from 'node:path'
import { openProject } from '../../../src/compose/open-project.ts'
import { everything } from '../../../src/compose/selection.ts'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { fixFor } from '../../../src/wording/commands/fix-for.ts'
import { openDatabase } from '../../../src/connectors/database/database.ts'
import { startEmulator } from '../../../src/emulator/index.ts'
import * as offpeak from '../../../src/index.ts'
import { temporaryFolder, write } from '../../cli/project.ts'
import { all, open, run } from './sink-kit.ts'

test('nothing is bought for a key that several rows of the table have, or none', async () => {
  using folder = temporaryFolder()
  await using project = await open(folder.path, {
    rows: 'id,text\na,One ship.\nb,Two ships.\nc,Three ships.\n',
    table: `create table notes (id text, summary text); insert into notes (id) values ('a'), ('b'), ('b')`,
  })
  const plan = await project.plan('notes', everything)
  expect(plan).toMatchObject({ selected: 3, toSend: 1, unusable: 2 })
  expect(plan.unusableExample).toEqual({
    key: 'b',
    reason: expect.stringContaining('2 rows of notes have this key (id)'),
  })
  const id = await run(project)
  expect((await project.status(id)).counts).toEqual({ merged: 1, unrenderable: 2 })
  expect(all(folder.path, `select count(*) as n from notes where summary is not null`)).toEqual([{ n: 1 }])
})

test('a whole file that the sink does not take stops the run before more is sent, and its answers are kept', async () => {
  using folder = temporaryFolder()
  await using emulator = await startEmulator({ speed: 2_000, announces: false })
  const ids = Array.from({ length: 60 }, (_, id) => id)
  await using project = await open(folder.path, {
    rows: `id,text\n${ids.map((id) => `${id},Ship ${id} has sailed.`).join('\n')}\n`,
    table: `create table notes (id integer primary key, summary text);
      insert into notes (id) values ${ids.map((id) => `(${id})`).join(', ')};
      create trigger closed before update on notes when new.summary <> 'x' begin select raise(abort, 'closed today'); end`,
    // Of so many files a few are enqueued at once.
    settings: `batch: { maxRequests: 2 }, quota: { 'compatible/gpt-4o-mini': { enqueuedTokens: 900 } },`,
    model: `openaiCompatible({ baseUrl: '${emulator.openaiBaseUrl}', apiKeyEnv: 'OFFPEAK_TEST_RUN_KEY' })('gpt-4o-mini')`,
    to: `{ database: 'notes.db', table: 'notes', set: ({ output, provenance }) => ({ summary: provenance.run === 'rehearsal' ? 'x' : 'said' }) }`,
  })
  const id = await run(project)
  const status = await project.status(id)
  expect(status).toMatchObject({ state: 'paused', pauseKind: 'job' })
  expect(status.pauseReason).toMatch(
    /^none of the 2 answers of batch \d+ could be written: closed today; they are kept, and offpeak merge/,
  )
  const bought = status.counts.rejected ?? 0
  expect(status.counts).toEqual({ rejected: bought })
  expect(bought).toBeLessThan(30)
  const database = new DatabaseSync(join(folder.path, 'notes.db'))
  database.exec('drop trigger closed')
  database.close()
  expect(await project.mergeAgain(id, null)).toEqual({ merged: bought })
  expect(all(folder.path, `select count(*) as n from notes where summary = 'said'`)).toEqual([{ n: bought }])
})

/** So many rows that a reading comes in several pages. */
const between = Array.from({ length: 1_000 }, (_, n) => `row ${n},${'Ship. '.repeat(300)}${n}`).join('\n')

test('of two keys that are one by the column’s own rule, in pages and runs of their own, the first has the row', async () => {
  using folder = temporaryFolder()
  await using project = await open(folder.path, {
    rows: `id,text\nAB,One ship.\n${between}\nab,Two ships.\n`,
    table: `create table notes (id text collate nocase primary key, summary text);
      insert into notes (id) values ('Ab')`,
    to: `{ database: 'notes.db', table: 'notes', set: ({ key }) => ({ summary: key }) }`,
  })
  const id = await run(project)
  expect((await project.status(id)).counts).toEqual({ merged: 1, unrenderable: 1_001 })
  expect((await project.record(id, 'ab')).reason).toMatch(
    /^another record has the same key in the sink, .*: the record "AB"$/,
  )
  expect(all(folder.path, 'select id, summary from notes')).toEqual([{ id: 'Ab', summary: 'AB' }])

  await write(folder.path, { 'notes.csv': 'id,text\naB,Three ships.\n' })
  expect(await project.plan('notes', everything)).toMatchObject({
    toSend: 0,
    unusableExample: { key: 'aB', reason: expect.stringContaining('the record "AB"') },
  })
  const later = await run(project)
  expect((await project.status(later)).counts).toEqual({ unrenderable: 1 })

  const { run: redone } = await project.start('notes', { ...everything, redo: true }, 1_000_000)
  await project.drive({ runIds: [redone.id], signal: AbortSignal.timeout(60_000) })
  expect((await project.status(redone.id)).counts).toEqual({ merged: 1 })
  expect(all(folder.path, 'select id, summary from notes')).toEqual([{ id: 'Ab', summary: 'aB' }])
})

test.for([
  ['text collate nocase', ['AB', 'ab']],
  ['numeric', ['1.10', '1.1']],
  ['integer', ['7', '007']],
  ['integer', ['007', '7']],
] as const)(
  'an upsert by a key of the type %s writes one of %s in files of their own, and buys nothing for the other',
  async ([type, [first, second]]) => {
    using folder = temporaryFolder()
    await using project = await open(folder.path, {
      rows: `id,text\n${first},One ship.\nx,Two ships.\n${second},Three ships.\n`,
      table: `create table notes (id ${type} primary key, summary text)${type === 'integer' ? ' without rowid' : ''}`,
      settings: 'batch: { maxRequests: 1 },',
      to: `{ database: 'notes.db', upsert: 'notes', key: 'id', set: ({ key }) => ({ id: key, summary: key }) }`,
    })
    const id = await run(project)
    expect((await project.status(id)).counts).toEqual({ merged: 2, unrenderable: 1 })
    const [row] = all(folder.path, `select summary from notes where summary <> 'x'`)
    const lost = Reflect.get(Object(row), 'summary') === first ? second : first
    expect((await project.record(id, lost)).reason).toMatch(
      /^another record has the same key in the sink, and the row is its own/,
    )
    expect(all(folder.path, 'select count(*) as n from notes')).toEqual([{ n: 2 }])
  },
)

test('a table is updated by several columns, whose names are not those of the source', async () => {
  using folder = temporaryFolder()
  const options = {
    rows: 'shop,id,text\nnord,1,One ship.\nsued,1,Two ships.\n',
    table: `create table notes (store text, item integer, summary text, primary key (store, item));
      insert into notes (store, item) values ('nord', 1), ('sued', 1)`,
    key: ['shop', 'id'],
  }
  const to = (key: string): string =>
    `{ database: 'notes.db', table: 'notes', key: ${key}, set: ({ row }) => ({ summary: row.shop }) }`
  await using project = await open(folder.path, { ...options, to: to("['store', 'item']") })
  const id = await run(project)
  expect((await project.status(id)).counts).toEqual({ merged: 2 })
  expect(all(folder.path, 'select store from notes where store = summary')).toHaveLength(2)

  using second = temporaryFolder()
  await using short = await open(second.path, { ...options, to: to("['store']") })
  await expect(short.plan('notes', everything)).rejects.toMatchObject({
    code: 'E_SINK_KEY',
    message: 'The key of the sink has 1 column (store), and that of the source 2 (shop, id)',
  })

  using third = temporaryFolder()
  await using wrong = await open(third.path, { ...options, to: to('7') })
  await expect(wrong.plan('notes', everything)).rejects.toMatchObject({
    code: 'E_JOB_INVALID',
    message: expect.stringContaining("['shop', 'id']"),
  })
})

test('of rows whose records are gone from the source the plan says so before money, and what it says to do works', async () => {
  using folder = temporaryFolder()
  await using project = await open(folder.path, {
    rows: 'doc,n,text\nDoc6,0,One ship.\nDoc7,0,Two ships.\n',
    table: 'create table notes (doc text collate nocase, n integer, summary text, primary key (doc, n))',
    key: ['doc', 'n'],
    to: `{ database: 'notes.db', upsert: 'notes', key: ['doc', 'n'],
      set: ({ row, key }) => ({ doc: row.doc, n: row.n, summary: key.slice(0, 4) }), scope: { of: 'doc', chunk: 'n' } }`,
  })
  await run(project)
  await write(folder.path, { 'notes.csv': 'doc,n,text\ndoc6,0,One ship.\ndoc7,0,Two ships.\n' })
  expect(await project.plan('notes', everything)).toMatchObject({
    toSend: 0,
    unusable: 2,
    unusableExample: { reason: expect.stringMatching(/--redo --only .*: the record "Doc6\/0"$/) },
  })
  const id = await run(project)
  expect((await project.status(id)).counts).toEqual({ unrenderable: 2 })
  const [group, ...more] = await project.groups(id)
  expect(more).toEqual([])
  if (group === undefined) throw new Error('no group')
  expect(group).toMatchObject({ count: 2, reason: expect.not.stringContaining('Doc') })
  expect(fixFor({ run: id, job: 'notes', state: 'done', maxOutputTokens: null }, group).command).toBe(
    'offpeak plan notes --redo --only doc6/0,doc7/0',
  )
  const { run: redone } = await project.start(
    'notes',
    { ...everything, redo: true, only: group.examples },
    1_000_000,
  )
  await project.drive({ runIds: [redone.id], signal: AbortSignal.timeout(60_000) })
  expect((await project.status(redone.id)).counts).toEqual({ merged: 2 })
  expect(all(folder.path, 'select summary from notes order by 1')).toEqual([
    { summary: 'doc6' },
    { summary: 'doc7' },
  ])
})

test('nothing is bought for a record whose key or text the table cannot hold, whatever is answered', async () => {
  using folder = temporaryFolder()
  await write(folder.path, {
    'offpeak.config.ts': `import { defineConfig } from 'offpeak'
export default defineConfig({ database: 'pglite:./db', emulator: { speed: 2000, write: true }, timings: { pollEveryMs: 30 } })\n`,
    'notes.jsonl': [
      { id: 'a', name: 'One', text: 'One ship.' },
      { id: 'b\0', name: 'Two', text: 'Two ships.' },
      { id: 'c', name: 'Thr\0ee', text: 'Three ships.' },
      { id: 'd', name: 'Four', text: 'Four\0ships.' },
    ]
      .map((row) => `${JSON.stringify(row)}\n`)
      .join(''),
    'jobs/notes.job.ts': `import { defineJob, jsonl, openai } from 'offpeak'
export default defineJob({
  name: 'notes', from: jsonl.rows({ file: 'notes.jsonl', key: 'id' }), model: openai('gpt-4o-mini'), maxTokens: 60,
  prompt: ({ row }) => row.text.replace('\\0', ' '),
  to: { upsert: 'notes', key: 'id', set: ({ row, output }) => ({ id: row.id, name: row.name, summary: output }) },
})\n`,
  })
  {
    await using database = await openDatabase(`pglite:${join(folder.path, 'db')}`)
    await database.exec('create table notes (id text primary key, name text, summary text)')
  }
  await using project = await openProject({ cwd: folder.path, modules: { offpeak, zod: { z } } })
  expect(await project.plan('notes', everything)).toMatchObject({ toSend: 2, unusable: 2 })
  const id = await run(project)
  expect((await project.status(id)).counts).toEqual({ merged: 2, unrenderable: 2 })
  expect((await project.record(id, 'c')).reason).toBe(
    'name: holds a NUL or half of a character pair, which no table takes',
  )
})

test('an answer whose row is gone when it comes is kept, and written once the row is there', async () => {
  using folder = temporaryFolder()
  await using project = await open(folder.path, {
    rows: 'id,text\na,One ship.\nb,Two ships.\n',
    table: `create table notes (id text primary key, summary text); insert into notes (id) values ('a'), ('b')`,
    to: `{ database: 'notes.db', table: 'notes', set: ({ output, provenance }) => {
      const { DatabaseSync } = process.getBuiltinModule('node:sqlite')
      if (provenance.run !== 'rehearsal') {
        const database = new DatabaseSync('${join(folder.path, 'notes.db')}')
        if (!globalThis.offpeakTestKept) database.exec("delete from notes where id = 'b'")
        database.close()
      }
      return { summary: output.summary }
    } }`,
  })
  const id = await run(project)
  expect((await project.status(id)).counts).toEqual({ merged: 1, rejected: 1 })
  expect((await project.record(id, 'b')).reason).toMatch(/^no row has its key where its answer goes/)
  Reflect.set(globalThis, 'offpeakTestKept', true)
  const database = new DatabaseSync(join(folder.path, 'notes.db'))
  database.exec(`insert into notes (id) values ('b')`)
  database.close()
  expect(await project.mergeAgain(id, null)).toEqual({ merged: 2 })
  expect(all(folder.path, `select count(*) as n from notes where summary is not null`)).toEqual([{ n: 2 }])
})

test.for([
  ['3 of 12 records', 3],
  ['1 of 12 records', 1],
] as const)('a plan names keys that %s of the source share', async ([words, shared]) => {
  using folder = temporaryFolder()
  const rows = Array.from({ length: 12 }, (_, n) => `${Math.max(n, shared)},Ship ${n} has sailed.`)
  await using project = await open(folder.path, {
    rows: `id,text\n${rows.join('\n')}\n`,
    table: 'create table notes (id text, summary text)',
    to: `{ jsonl: 'out.jsonl' }`,
  })
  const plan = await project.plan('notes', everything)
  expect(plan.warnings).toEqual([
    expect.stringMatching(
      new RegExp(`^${words} ha(s|ve) a key \\(id\\) that a record before has too, as "${shared}"`),
    ),
  ])
  expect(plan).toMatchObject({ toSend: 12 - shared, unusable: shared })
})

test('a key that most records share is refused before anything is bought', async () => {
  using folder = temporaryFolder()
  await using project = await open(folder.path, {
    rows: `id,text\n${Array.from({ length: 500 }, (_, n) => `${n % 3},Ship ${n}.`).join('\n')}\n`,
    table: 'create table notes (id text, summary text)',
    to: `{ jsonl: 'out.jsonl' }`,
  })
  await expect(project.plan('notes', everything)).rejects.toMatchObject({
    code: 'E_SOURCE_KEY',
    message: expect.stringContaining('497 of 500 records have a key (id)'),
  })
  await expect(project.start('notes', everything, 1_000_000)).rejects.toMatchObject({
    code: 'E_SOURCE_KEY',
  })
})

const short = { rows: 'id,text\na,One ship.\n', table: '' } as const
const checked = `create table notes (id text primary key, summary text check (length(summary) <= 20)); insert into notes (id) values ('a')`

test('an answer that its schema lets be longer than the column takes is refused by the plan, with what bounds it', async () => {
  using folder = temporaryFolder()
  await using project = await open(folder.path, {
    ...short,
    table: checked,
    output: 'z.object({ summary: z.string().max(30) })',
  })
  await expect(project.plan('notes', everything)).rejects.toMatchObject({
    code: 'E_SINK_VALUE',
    message: expect.stringMatching(/^an answer as long as its schema lets it be cannot be written: .*CHECK/),
    fix: expect.stringContaining('z.string().max'),
  })
})

test.for([
  ['z.object({ summary: z.string().max(20) })', []],
  [
    'z.object({ summary: z.string() })',
    [expect.stringMatching(/^a long answer may not be written: .*CHECK/)],
  ],
] as const)(
  'of an answer that %s describes, a column of 20 characters is told in the plan',
  async ([output, warnings]) => {
    using folder = temporaryFolder()
    await using project = await open(folder.path, { ...short, table: checked, output })
    expect((await project.plan('notes', everything)).warnings).toEqual(warnings)
  },
)

test(
  'a plan knows how many numbers a model gives, and asks the column where nobody does',
  { timeout: 120_000 },
  async () => {
    using folder = temporaryFolder()
    const unknown =
      "openaiCompatible({ baseUrl: 'http://127.0.0.1:9/v1', apiKeyEnv: 'OFFPEAK_TEST_RUN_KEY' })"
    const jobs = {
      short: [`openai.embedding('text-embedding-3-large')`, 1_536],
      large: [`openai.embedding('text-embedding-3-large')`, 3_072],
      other: [`${unknown}.embedding('bge-m3')`, 1_024],
    } as const
    await write(folder.path, {
      'offpeak.config.ts': `import { defineConfig } from 'offpeak'\nexport default defineConfig({ database: 'pglite:./db' })\n`,
      '.env': 'OFFPEAK_TEST_RUN_KEY=any-key\nOPENAI_API_KEY=any-key\n',
      'notes.csv': 'id,text\n1,One ship.\n',
      'jobs/notes.job.ts': `import { csv, defineEmbedding, openai, openaiCompatible } from 'offpeak'
${Object.entries(jobs)
  .map(
    ([name, [model, dimensions]]) => `export const ${name} = defineEmbedding({
  name: '${name}', from: csv.rows({ file: 'notes.csv', key: 'id' }), model: ${model},
  input: ({ row }) => row.text,
  to: { table: 'notes', set: ({ output }) => ({ v${dimensions}: output }) },
})`,
  )
  .join('\n')}
`,
    })
    {
      await using database = await openDatabase(`pglite:${join(folder.path, 'db')}`)
      await database.exec(`create extension vector;
      create table notes (id int primary key, v1536 vector(1536), v3072 vector(3072), v1024 vector(1024));
      insert into notes (id) values (1)`)
    }
    await using project = await openProject({ cwd: folder.path, modules: { offpeak, zod: { z } } })
    await expect(project.plan('short', everything)).rejects.toMatchObject({
      code: 'E_SINK_VALUE',
      message: expect.stringContaining('expected 1536 dimensions, not 3072'),
    })
    for (const name of ['large', 'other'])
      expect((await project.plan(name, everything)).checked).toHaveLength(1)
  },
)

test('a real key is never taken for one that was made up for a row without a usable key', async () => {
  using folder = temporaryFolder()
  await using project = await open(folder.path, {
    rows: 'id,text\nC,One ship.\nC,Two ships.\nC#2,Three ships.\nline#6,Four ships.\n"a,b"\nnull#1,Five ships.\n',
    table: 'create table notes (id text, summary text)',
    to: `{ jsonl: 'out.jsonl' }`,
  })
  const id = await run(project)
  expect((await project.status(id)).counts).toEqual({ merged: 4, unrenderable: 2 })
  expect((await project.record(id, 'line#6')).outcome).toBe('merged')
})
