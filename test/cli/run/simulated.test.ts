import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { openDatabase } from '../../../src/connectors/database/database.ts'
import { sql } from '../../../src/connectors/database/sql.ts'
import { startEmulator } from '../../../src/emulator/index.ts'
import { createDatabase } from '../../support/postgres.ts'
import { runCli, serve } from '../child.ts'
import { linesOf, temporaryFolder, write } from '../project.ts'

const plain =
  "import { defineConfig } from 'offpeak'\nexport default defineConfig({ timings: { pollEveryMs: 50 } })\n"
const chosen =
  "import { defineConfig } from 'offpeak'\nexport default defineConfig({ emulator: { speed: 2000 }, timings: { pollEveryMs: 50 } })\n"
const row = z.object({ id: z.number(), summary: z.string().nullable() })
const agreed = ['run', 'h', '--max-cost', '$1'] as const

/** Forty notes in a table of the user's, to be summarised where they stand. */
async function notes(dir: string, { config = plain, env = '', file = 'notes.db' } = {}): Promise<void> {
  await write(dir, {
    'offpeak.config.ts': config,
    '.env': env,
    'jobs/h.job.ts': `import { defineJob, openai, sqlite, sql } from 'offpeak'
export default defineJob({
  name: 'h', model: openai('gpt-4o-mini'), maxTokens: 50,
  from: sqlite.rows({ file: '${file}', query: sql\`select id, text from notes where summary is null\`, key: 'id' }),
  prompt: ({ row }) => String(row.text),
  to: { database: '${file}', table: 'notes', set: ({ output }) => ({ summary: output }) },
  budget: { perRun: '$2' },
})
`,
  })
  using database = open(resolve(dir, file))
  database.db.exec('create table notes (id integer primary key, text text, summary text)')
  for (let id = 1; id <= 40; id += 1)
    database.db.prepare('insert into notes values (?, ?, null)').run(id, `Note ${id} tells of a ship.`)
}

function open(path: string): { readonly db: DatabaseSync } & Disposable {
  const db = new DatabaseSync(path)
  return { db, [Symbol.dispose]: () => db.close() }
}

/** How many of the user's own rows hold an answer. */
function answered(path: string): number {
  using database = open(path)
  return z
    .array(row)
    .parse(database.db.prepare('select id, summary from notes').all())
    .filter(({ summary }) => summary !== null).length
}

const copyOf = (dir: string): string => join(dir, '.offpeak/emulator/project/notes.db')

describe('who answers is chosen', () => {
  test('a misspelt key in .env and a run from cron: nothing is invented, nothing is written, and the name is told', async () => {
    using folder = temporaryFolder()
    await notes(folder.path, { env: 'OPENAI_APIKEY=sk-real\n' })
    const { exit, stderr } = await runCli(folder.path, ['run', 'h', '--yes'])
    expect(exit).toBe(3)
    expect(stderr).toContain('OPENAI_API_KEY is not set')
    expect(stderr).toContain('OPENAI_APIKEY is set; meant OPENAI_API_KEY?')
    expect(answered(join(folder.path, 'notes.db'))).toBe(0)
    expect(existsSync(join(folder.path, '.offpeak/emulator'))).toBe(false)
    await using provider = await startEmulator({ speed: 2_000, announces: false })
    const mended = { OPENAI_API_KEY: 'sk-real', OPENAI_BASE_URL: provider.openaiBaseUrl }
    expect((await runCli(folder.path, ['run', 'h', '--yes'], mended)).exit).toBe(0)
    expect(answered(join(folder.path, 'notes.db'))).toBe(40)
    expect(provider.bill().requests).toBe(40)
  })

  test.each([
    ["azure('gpt-4o-mini-batch')", 'AZURE_OPENAI_KEY', 'AZURE_OPENAI_API_KEY'],
    ["azure('gpt-4o-mini-batch')", 'AZURE_ENDPOINT', 'AZURE_OPENAI_ENDPOINT'],
    ["openai('gpt-4o-mini')", 'OPENAI_KEY', 'OPENAI_API_KEY'],
  ])('for %s the name %s is told to be meant as %s', async (model, name, meant) => {
    using folder = temporaryFolder()
    await notes(folder.path, { env: `${name}=sk-real\n` })
    const job = readFileSync(join(folder.path, 'jobs/h.job.ts'), 'utf8')
    await write(folder.path, {
      'jobs/h.job.ts': job
        .replace(/model: openai\([^)]*\)/, `model: ${model}`)
        .replace('openai,', 'azure, openai,'),
    })
    const { exit, stderr } = await runCli(folder.path, ['run', 'h', '--yes'])
    expect(exit).toBe(3)
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain(`${name} is set; meant ${meant}?`)
  })

  test('what a run would cost is told without any key', async () => {
    using folder = temporaryFolder()
    await notes(folder.path)
    const { exit, stdout, stderr } = await runCli(folder.path, ['plan', 'h'])
    expect(exit, stderr).toBe(0)
    expect(stdout).toContain('40')
    expect(stdout).toContain('Cost')
    expect(stderr).toContain('OPENAI_API_KEY is not set')
    expect(stderr).not.toContain('SIMULATED')
  })

  test('--emulator beats a valid key, says so, and leaves the table as it is', async () => {
    using folder = temporaryFolder()
    await notes(folder.path)
    await using provider = await startEmulator({ speed: 2_000 })
    const key = { OPENAI_API_KEY: 'sk-real', OPENAI_BASE_URL: provider.openaiBaseUrl }
    const { exit, stdout, stderr } = await runCli(folder.path, [...agreed, '--emulator'], key)
    expect(exit, stderr).toBe(0)
    expect(stderr.trimStart()).toMatch(/^SIMULATED/)
    expect(stderr.trimEnd().split('\n').at(-1)).toContain('SIMULATED')
    expect(stdout).toContain('40 of 40 records are in a copy of')
    expect(provider.bill().requests).toBe(0)
    expect(answered(join(folder.path, 'notes.db'))).toBe(0)
    expect(answered(copyOf(folder.path))).toBe(40)
  })

  test('offpeak dev with a valid key spends nothing and writes nothing of the user’s', async () => {
    using folder = temporaryFolder()
    await notes(folder.path)
    await using provider = await startEmulator({ speed: 2_000 })
    const key = { OPENAI_API_KEY: 'sk-real', OPENAI_BASE_URL: provider.openaiBaseUrl }
    await using dev = await serve(
      folder.path,
      ['dev', '--port', '0', '--emulator-port', '0', '--speed', '2000x', '--json'],
      key,
    )
    expect(dev.first).toMatchObject({ emulator: { own: true } })
    const { exit, stderr } = await runCli(folder.path, [...agreed, '--emulator'], key)
    expect(exit, stderr).toBe(0)
    await dev.end('SIGINT')
    expect(provider.bill().requests).toBe(0)
    expect(answered(join(folder.path, 'notes.db'))).toBe(0)
    expect(answered(copyOf(folder.path))).toBe(40)
  })
})

describe('what the emulator did is not done for a provider', () => {
  test('and the other way round, whatever the configuration says later', async () => {
    using folder = temporaryFolder()
    await notes(folder.path, { config: chosen })
    await using provider = await startEmulator({ speed: 2_000, announces: false })
    const key = { OPENAI_API_KEY: 'sk-real', OPENAI_BASE_URL: provider.openaiBaseUrl }
    expect((await runCli(folder.path, agreed, key)).exit).toBe(0)
    await write(folder.path, { 'offpeak.config.ts': plain })
    const lists = async (...flags: readonly string[]): Promise<string> =>
      (await runCli(folder.path, ['status', '--json', ...flags], key)).stdout
    expect(await lists()).not.toContain('"run":')
    expect(JSON.stringify(JSON.parse(await lists('--emulator')))).toContain('"simulated":true')
    expect((await runCli(folder.path, agreed, key)).exit).toBe(0)
    expect(provider.bill()).toMatchObject({ requests: 40, duplicate_requests: 0 })
    expect(answered(join(folder.path, 'notes.db'))).toBe(40)
    const costs = await runCli(folder.path, ['costs', '--json'], key)
    expect(JSON.parse(costs.stdout)).toMatchObject({ total: { runs: 1, merged: 40 } })
    const again = await runCli(folder.path, [...agreed, '--emulator', '--redo'], key)
    expect(again.exit, again.stderr).toBe(0)
    expect(provider.bill().requests).toBe(40)
  })

  test('an emulator that is reached by its address writes where the job says, and its runs are marked and cost nothing', async () => {
    using folder = temporaryFolder()
    await notes(folder.path)
    await using emulator = await startEmulator({ speed: 2_000 })
    await using provider = await startEmulator({ speed: 2_000, announces: false })
    const env = (baseUrl: string): Readonly<Record<string, string>> => ({
      OPENAI_API_KEY: 'sk-real',
      OPENAI_BASE_URL: baseUrl,
    })
    const ran = await runCli(folder.path, agreed, env(emulator.openaiBaseUrl))
    expect(ran.exit, ran.stderr).toBe(0)
    expect(ran.stderr.trimEnd().split('\n').at(-1)).toContain('SIMULATED')
    expect(answered(join(folder.path, 'notes.db'))).toBe(40)
    const key = env(provider.openaiBaseUrl)
    const status = await runCli(folder.path, ['status', 'h', '--json'], key)
    expect(JSON.parse(status.stdout)).toMatchObject({
      simulated: true,
      account: expect.stringContaining('127.0.0.1'),
    })
    expect((await runCli(folder.path, ['status', 'h'], key)).stdout).toContain('SIMULATED')
    expect((await runCli(folder.path, ['report', 'h'], key)).stdout).toContain('SIMULATED')
    expect((await runCli(folder.path, ['show', 'h', '7'], key)).stdout).toContain('SIMULATED')
    expect((await runCli(folder.path, ['errors', 'h'], key)).stderr).toContain('SIMULATED')
    const batches = await runCli(folder.path, ['batches'], env(emulator.openaiBaseUrl))
    expect(batches.stdout).toContain('SIMULATED')
    const costs = await runCli(folder.path, ['costs', '--json'], key)
    expect(JSON.parse(costs.stdout)).toMatchObject({ total: { runs: 0, spentMicroUsd: 0 } })
    using database = open(join(folder.path, 'notes.db'))
    database.db.exec('update notes set summary = null')
    expect((await runCli(folder.path, agreed, key)).exit).toBe(0)
    expect(provider.bill().requests, 'all of it is asked of the provider').toBe(40)
  })

  test('a service on this machine that says nothing of an emulator marks nothing', async () => {
    using folder = temporaryFolder()
    await notes(folder.path)
    await using vllm = await startEmulator({ speed: 2_000, announces: false })
    const key = { OPENAI_API_KEY: 'any', OPENAI_BASE_URL: vllm.openaiBaseUrl }
    const ran = await runCli(folder.path, agreed, key)
    expect(ran.exit, ran.stderr).toBe(0)
    expect(ran.stdout + ran.stderr).not.toContain('SIMULATED')
    const status = await runCli(folder.path, ['status', 'h', '--json'], key)
    expect(JSON.parse(status.stdout)).toMatchObject({ simulated: false, provider: 'openai' })
  })
})

describe('where a rehearsal writes', () => {
  const noted = z.object({ key: z.string(), summary: z.string() })

  test('a table that cannot be copied gets a file of keys and values, and the jobs that follow are told', async () => {
    using folder = temporaryFolder()
    using elsewhere = temporaryFolder()
    const file = join(elsewhere.path, 'notes.db')
    await notes(folder.path, { config: chosen, file })
    await write(folder.path, {
      'jobs/after.job.ts': `import { defineJob, openai, sqlite, sql } from 'offpeak'
export default defineJob({
  name: 'after', after: 'h', model: openai('gpt-4o-mini'), maxTokens: 50, budget: { perRun: '$1' },
  from: sqlite.rows({ file: '${file}', query: sql\`select id, text from notes where summary is not null\`, key: 'id' }),
  prompt: ({ row }) => String(row.text), to: { jsonl: 'after.jsonl' },
})
`,
    })
    const ran = await runCli(folder.path, agreed)
    expect(ran.exit, ran.stderr).toBe(0)
    expect(answered(file)).toBe(0)
    const lines = linesOf(join(folder.path, '.offpeak/emulator/written/notes.jsonl'), noted)
    expect(lines).toHaveLength(40)
    expect(ran.stdout + ran.stderr).toContain('.offpeak/emulator/written/notes.jsonl')
    expect(ran.stderr).toContain('after does not read that and was not started')
    const report = await runCli(folder.path, ['report', 'h', '--md'])
    expect(report.stdout).toContain('a job that follows this one was not started')
    expect(report.stdout).toContain('.offpeak/emulator/written/notes.jsonl')
    expect(ran.stderr).toContain('offpeak run h --redo --write')
    const again = await runCli(folder.path, ['run', 'h', '--redo', '--write', ...agreed.slice(2)])
    expect(again.exit, again.stderr).toBe(0)
    expect(linesOf(join(folder.path, 'after.jsonl'), z.unknown())).toHaveLength(40)
  })

  test('--write writes the very table', async () => {
    using folder = temporaryFolder()
    await notes(folder.path, { config: chosen })
    const ran = await runCli(folder.path, [...agreed, '--write'])
    expect(ran.exit, ran.stderr).toBe(0)
    expect(answered(join(folder.path, 'notes.db'))).toBe(40)
    expect(existsSync(copyOf(folder.path))).toBe(false)
    expect(ran.stderr.trimEnd().split('\n').at(-1)).toContain('SIMULATED')
  })

  test('files and lines of the project are left alone, and a job that reads them reads the copies', async () => {
    using folder = temporaryFolder()
    await write(folder.path, {
      'offpeak.config.ts': chosen,
      'notes.jsonl': '{"id":1,"text":"A ship came in."}\n{"id":2,"text":"It left again."}\n',
      'out.jsonl': '{"key":"0","output":"written by hand"}\n',
      'jobs/notes.job.ts': `import { defineJob, jsonl, openai } from 'offpeak'
const base = { model: openai('gpt-4o-mini'), maxTokens: 50, budget: { perRun: '$1' } }
export const lines = defineJob({ ...base, name: 'lines', from: jsonl.rows({ file: 'notes.jsonl', key: 'id' }),
  prompt: ({ row }) => String(row.text), to: { jsonl: 'out.jsonl' } })
export const pages = defineJob({ ...base, name: 'pages', after: 'lines', from: jsonl.rows({ file: 'out.jsonl', key: 'key' }),
  prompt: ({ row }) => String(row.output), to: { file: ({ key }) => \`pages/\${key}.md\`, skipExisting: true } })
`,
    })
    const ran = await runCli(folder.path, ['run', 'lines', '--max-cost', '$1'])
    expect(ran.exit, ran.stderr).toBe(0)
    const resumed = await runCli(folder.path, ['run', 'pages', '--max-cost', '$1'])
    expect(resumed.exit, resumed.stderr).toBe(0)
    expect(readFileSync(join(folder.path, 'out.jsonl'), 'utf8')).toBe(
      '{"key":"0","output":"written by hand"}\n',
    )
    expect(existsSync(join(folder.path, 'pages'))).toBe(false)
    const copies = join(folder.path, '.offpeak/emulator/project')
    expect(linesOf(join(copies, 'out.jsonl'), z.object({ key: z.string() })).map(({ key }) => key)).toEqual(
      expect.arrayContaining(['0', '1', '2']),
    )
    for (const key of ['0', '1', '2']) expect(existsSync(join(copies, `pages/${key}.md`)), key).toBe(true)
  })
})

test('a table on a server is left as it is, and --write writes it', async () => {
  using folder = temporaryFolder()
  await using server = await createDatabase()
  await using database = await openDatabase(server.url)
  await database.exec(
    'create table cases (id int primary key, text text, headnote text); insert into cases select i, $$A ship came in.$$, null from generate_series(1, 5) i',
  )
  const written = async (): Promise<readonly unknown[]> =>
    database.query(sql`select id from cases where headnote is not null`)
  await write(folder.path, {
    'offpeak.config.ts': chosen,
    '.env': `DATABASE_URL=${server.url}\n`,
    'jobs/cases.job.ts': `import { defineJob, openai, postgres, sql } from 'offpeak'
export default defineJob({
  name: 'cases', model: openai('gpt-4o-mini'), maxTokens: 50, budget: { perRun: '$1' },
  from: postgres.rows({ query: sql\`select id, text from cases where headnote is null\`, key: 'id' }),
  prompt: ({ row }) => String(row.text), to: { table: 'cases', set: ({ output }) => ({ headnote: output }) },
})
`,
  })
  const ran = await runCli(folder.path, ['run', 'cases', '--yes'])
  expect(ran.exit, ran.stderr).toBe(0)
  expect(await written()).toHaveLength(0)
  const line = z.object({ key: z.string(), headnote: z.string() })
  expect(linesOf(join(folder.path, '.offpeak/emulator/written/cases.jsonl'), line)).toHaveLength(5)
  const real = await runCli(folder.path, ['run', 'cases', '--yes', '--redo', '--write'])
  expect(real.exit, real.stderr).toBe(0)
  expect(await written()).toHaveLength(5)
})

test('an embedded database is written in a copy, which the jobs that follow read', async () => {
  using folder = temporaryFolder()
  await write(folder.path, {
    'offpeak.config.ts': `import { defineConfig } from 'offpeak'
export default defineConfig({ emulator: { speed: 2000 }, database: 'pglite:.offpeak/cases', timings: { pollEveryMs: 50 } })\n`,
    'jobs/cases.job.ts': `import { defineJob, openai, postgres, sql } from 'offpeak'
const base = { model: openai('gpt-4o-mini'), maxTokens: 50, budget: { perRun: '$1' } }
export const cases = defineJob({ ...base, name: 'cases',
  from: postgres.rows({ query: sql\`select id, text from cases where headnote is null\`, key: 'id' }),
  prompt: ({ row }) => String(row.text), to: { table: 'cases', set: ({ output }) => ({ headnote: output }) } })
export const titles = defineJob({ ...base, name: 'titles', after: 'cases',
  from: postgres.rows({ query: sql\`select id, headnote from cases where headnote is not null\`, key: 'id' }),
  prompt: ({ row }) => String(row.headnote), to: { table: 'cases', set: ({ output }) => ({ title: output }) } })
`,
  })
  const count = async (url: string): Promise<unknown> => {
    await using database = await openDatabase(url, folder.path)
    const [counts] = await database.query(
      sql`select count(headnote) as headnotes, count(title) as titles from cases`,
    )
    return counts
  }
  {
    await using database = await openDatabase('pglite:.offpeak/cases', folder.path)
    await database.exec(
      'create table cases (id int primary key, text text, headnote text, title text); insert into cases select i, $$A ship came in.$$ from generate_series(1, 5) i',
    )
  }
  const ran = await runCli(folder.path, ['run', 'cases', '--yes'])
  expect(ran.exit, ran.stderr).toBe(0)
  expect(await count('pglite:.offpeak/cases')).toMatchObject({ headnotes: 0, titles: 0 })
  expect(await count('pglite:.offpeak/emulator/project/.offpeak/cases')).toMatchObject({
    headnotes: 5,
    titles: 5,
  })
})

test('a config that asks for what is gone is told what it can say', async () => {
  using folder = temporaryFolder()
  await write(folder.path, { 'offpeak.config.ts': "export default { emulator: 'auto' }\n" })
  const { exit, stderr } = await runCli(folder.path, ['jobs'])
  expect(exit).toBe(2)
  expect(stderr).toContain('it takes true, false or { speed')
})

test('an emulator that is reached by its address again has done what it did, and a service that takes its place has not', async () => {
  using folder = temporaryFolder()
  await notes(folder.path)
  const env = (emulator: { readonly openaiBaseUrl: string }): Readonly<Record<string, string>> => ({
    OPENAI_API_KEY: 'sk-real',
    OPENAI_BASE_URL: emulator.openaiBaseUrl,
  })
  const forget = (): void => {
    using database = open(join(folder.path, 'notes.db'))
    database.db.exec('update notes set summary = null')
  }
  let port: number
  {
    await using emulator = await startEmulator({ speed: 2_000 })
    port = Number(new URL(emulator.url).port)
    expect((await runCli(folder.path, agreed, env(emulator))).exit).toBe(0)
    forget()
    expect((await runCli(folder.path, agreed, env(emulator))).exit).toBe(0)
    expect(emulator.bill()).toMatchObject({ requests: 40, duplicate_requests: 0 })
  }
  await using real = await startEmulator({ speed: 2_000, port, announces: false })
  await runCli(folder.path, [...agreed, '--redo'], env(real))
  expect(real.bill().requests).toBe(40)
  const status = await runCli(folder.path, ['status', 'h', '--json'], env(real))
  expect(JSON.parse(status.stdout)).toMatchObject({ simulated: false })
})
