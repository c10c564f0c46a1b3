import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, describe, expect, test } from 'vitest'
import { openDatabase } from '../../../src/connectors/database/database.ts'
import { createDatabase } from '../../support/postgres.ts'
import { notesProject } from '../notes-project.ts'
import { call, temporaryFolder, write } from '../project.ts'

const folders: Disposable[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) folder[Symbol.dispose]()
})

function tempDir(): string {
  const folder = temporaryFolder()
  folders.push(folder)
  return folder.path
}

interface Failure {
  readonly code: string
  readonly message: string
  readonly fix: string | null
  readonly money: string
}

async function failure(
  dir: string,
  ...argv: readonly string[]
): Promise<{ readonly exit: number; readonly error: Failure }> {
  const { exit, stdout } = await call(dir, ...argv, '--json')
  const error: Failure = JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}')
  return { exit, error }
}

const lines = (rows: readonly unknown[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('')
const note = (id: number | null, text: unknown = 'A ship came in at noon.'): unknown => ({ id, text })

describe('what cannot work is refused before anything is sent', () => {
  test.each([
    {
      what: 'a missing key',
      options: { emulator: 'none' },
      code: 'E_CREDENTIALS',
      exit: 3,
      says: /AZURE_OPENAI_ENDPOINT/,
    },
    {
      what: 'a missing deployment',
      options: { model: 'azure()' },
      code: 'E_ENV',
      exit: 2,
      says: /deployment/,
    },
    {
      what: 'an unknown price under a budget',
      options: { model: "azure('house-model')" },
      code: 'E_PRICE_UNKNOWN',
      exit: 2,
      says: /house-model/,
    },
    {
      what: 'a budget that is no amount',
      options: { budget: 'ninety' },
      code: 'E_JOB_INVALID',
      exit: 2,
      says: /ninety/,
    },
    {
      what: 'a parameter that the job does not take',
      options: {},
      args: ['-p', 'court=x'],
      code: 'E_PARAMS',
      exit: 2,
      says: /court/,
    },
    {
      what: 'a config entry that does not exist',
      options: { config: 'colour: 1' },
      code: 'E_CONFIG',
      exit: 2,
      says: /colour/,
    },
    {
      what: 'an unreachable database of the state',
      options: {
        emulator: 'none',
        config: "state: 'postgres://nobody:secret@127.0.0.1:1/none',",
        timings: 'awayMs: 0',
      },
      code: 'E_DATABASE',
      exit: 1,
      says: /reached/,
    },
  ] as const)('$what', async ({ options, code, exit, says, ...rest }) => {
    const dir = tempDir()
    await notesProject(dir, options)
    const failed = await failure(
      dir,
      'run',
      'notes',
      '--max-cost',
      '$1',
      ...('args' in rest ? rest.args : []),
    )
    expect(failed).toMatchObject({ exit, error: { code, money: 'no' } })
    expect(failed.error.message).toMatch(says)
    expect(JSON.stringify(failed.error)).not.toContain('secret')
  })

  test('a source file that is not there', async () => {
    const dir = tempDir()
    await notesProject(dir)
    await write(dir, {
      'jobs/notes.job.ts': jobOver(
        "jsonl.rows({ file: 'nowhere.jsonl', key: 'id' })",
        "{ jsonl: 'out.jsonl' }",
      ),
    })
    expect(await failure(dir, 'plan', 'notes')).toMatchObject({ exit: 2, error: { code: 'E_SOURCE_FILE' } })
  })

  test('a job file that does not load, and one without a job', async () => {
    const dir = tempDir()
    await notesProject(dir)
    await write(dir, { 'jobs/broken.job.ts': 'export default defineJob({' })
    expect(await failure(dir, 'plan', 'broken')).toMatchObject({ exit: 2, error: { code: 'E_JOB_FILE' } })
    await write(dir, { 'jobs/broken.job.ts': 'export const nothing = 1\n' })
    expect(await failure(dir, 'plan', 'broken')).toMatchObject({ exit: 2, error: { code: 'E_JOB_FILE' } })
  })

  test('a query, a key, a table or a column that the database does not have', async () => {
    const dir = tempDir()
    await using store = await createDatabase()
    {
      await using database = await openDatabase(store.url)
      await database.exec('create table notes (id int primary key, text text, summary text)')
    }
    await notesProject(dir, { config: `database: '${store.url}'` })
    const rows = (query: string, key = 'id'): string =>
      `postgres.rows({ query: sql\`${query}\`, key: '${key}' })`
    const cases = [
      [
        rows('select id, txt from notes'),
        "{ table: 'notes', set: () => ({ summary: 'x' }) }",
        'E_SOURCE_QUERY',
      ],
      [
        rows('select id, text from notes', 'nr'),
        "{ table: 'notes', set: () => ({ summary: 'x' }) }",
        'E_SOURCE_KEY',
      ],
      [
        rows('select id, text from notes'),
        "{ table: 'note', set: () => ({ summary: 'x' }) }",
        'E_SINK_TABLE',
      ],
      [
        rows('select id, text from notes'),
        "{ table: 'notes', set: () => ({ sumary: 'x' }) }",
        'E_SINK_COLUMN',
      ],
    ] as const
    for (const [from, to, code] of cases) {
      await write(dir, { 'jobs/notes.job.ts': jobOver(from, to) })
      expect(await failure(dir, 'run', 'notes', '--max-cost', '$1'), code).toMatchObject({
        exit: 2,
        error: { code, money: 'no' },
      })
    }
  })
})

test('records that cannot be used are outcomes of their own, and the others are answered', async () => {
  const dir = tempDir()
  await notesProject(dir, { config: 'batch: { maxBytes: 20000 }' })
  await writeFile(
    join(dir, 'notes.jsonl'),
    `${lines([note(1), note(2, 7), note(null), note(1, 'again'), note(4, 'x'.repeat(30_000)), note(5, 'half \ud800 a pair'), note(6)])}{"id":7,\n`,
  )
  const { exit, stdout } = await call(dir, 'run', 'notes', '--max-cost', '$1', '--json')
  expect(exit).toBe(6)
  const status = JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}')
  expect(status.counts).toEqual({ merged: 2, unrenderable: 5, oversize: 1 })
  expect(status.pending).toBe(0)
  const groups = await call(dir, 'errors', 'notes', '--json')
  expect(groups.stdout).toMatch(/came before/)
  expect(groups.stdout).toMatch(/surrogate/)
})

test('a prompt that throws fails its record and no other', async () => {
  const dir = tempDir()
  await notesProject(dir)
  await write(dir, {
    'jobs/notes.job.ts': jobOver(
      "jsonl.rows({ file: 'notes.jsonl', key: 'id' })",
      "{ jsonl: 'out.jsonl' }",
      "({ row }) => { if (row.id === 3) throw new Error('no third'); return String(row.text) }",
    ),
  })
  const { exit, stdout } = await call(dir, 'run', 'notes', '--max-cost', '$1', '--json')
  expect(exit).toBe(6)
  expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}').counts).toEqual({ merged: 11, unrenderable: 1 })
})

test('an empty selection sends nothing and is no failure', async () => {
  const dir = tempDir()
  await notesProject(dir, { records: 0 })
  expect(await call(dir, 'run', 'notes', '--max-cost', '$1')).toMatchObject({ exit: 0 })
})

test('a state file that is none, and one of a newer version, are refused and left as they are', async () => {
  const dir = tempDir()
  await notesProject(dir)
  await write(dir, {
    '.offpeak/emulator/state.db':
      'this is no database, whatever its name says; it is only text of some length',
  })
  expect(await failure(dir, 'status')).toMatchObject({ exit: 1, error: { code: 'E_STATE_CORRUPT' } })

  const newer = tempDir()
  await notesProject(newer)
  expect(await call(newer, 'run', 'notes', '--max-cost', '$1')).toMatchObject({ exit: 0 })
  const db = new DatabaseSync(join(newer, '.offpeak/emulator/state.db'))
  db.exec(
    "insert into kysely_migration (name, timestamp) values ('9999_from_the_future', '2099-01-01T00:00:00Z')",
  )
  db.close()
  expect(await failure(newer, 'status')).toMatchObject({ exit: 1, error: { code: 'E_STATE_VERSION' } })
})

function jobOver(from: string, to: string, prompt = '({ row }) => String(row.text)'): string {
  return `import { azure, defineJob, jsonl, postgres, sql } from 'offpeak'
export const sources = [jsonl, postgres, sql]
export default defineJob({
  name: 'notes',
  from: ${from},
  model: azure('gpt-4o-mini-batch'),
  maxTokens: 100,
  prompt: ${prompt},
  to: ${to},
})
`
}
