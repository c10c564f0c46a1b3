import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { OffpeakError } from '../../src/domain/errors.ts'
import type { DueWorkItem } from '../../src/ports/store/runs.ts'
import { openStore } from '../../src/stores/open.ts'
import { createDatabase } from '../support/postgres.ts'
import { claimRun, newRequest, newRun, runWith } from '../../src/testing/stores/fixtures.ts'

const run = promisify(execFile)
const script = fileURLToPath(new URL('process.ts', import.meta.url))
let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'offpeak-open-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const said = z.object({ projectId: z.string(), reserved: z.number(), busy: z.number() })

async function inProcess(...args: readonly string[]): Promise<z.infer<typeof said>> {
  const { stdout } = await run(process.execPath, [script, ...args])
  return said.parse(JSON.parse(stdout))
}

async function failure(opening: Promise<unknown>): Promise<OffpeakError> {
  try {
    await opening
  } catch (thrown) {
    if (thrown instanceof OffpeakError) return thrown
    throw thrown
  }
  throw new Error('it opens')
}

describe.for(['SQLite', 'PostgreSQL'] as const)('a state in %s', (kind) => {
  let database: Awaited<ReturnType<typeof createDatabase>>
  beforeAll(async () => {
    database = await createDatabase()
  })
  afterAll(() => database[Symbol.asyncDispose]())
  const place = (name: string): string =>
    kind === 'SQLite' ? join(folder, `${name}.db`) : `${database.url}?options=-csearch_path%3D${name}`
  const make = async (name: string): Promise<string> => {
    if (kind === 'PostgreSQL') await execute(database.url, `create schema ${name}`)
    return place(name)
  }

  test('three processes that open a new one at once make it once', async () => {
    const location = await make('fresh')
    const opened = await Promise.all([inProcess(location), inProcess(location), inProcess(location)])
    expect(new Set(opened.map(({ projectId }) => projectId)).size).toBe(1)
    await using store = await openStore(location, 'other')
    expect(store.projectId).toBe(opened[0]?.projectId)
  })

  test('two processes and forty attempts never reserve more than the cap', async () => {
    const location = await make('shared')
    await using store = await openStore(location, 'lineage')
    const ids = await runWith(
      store,
      'shared',
      Array.from({ length: 40 }, (_file, n) => [newRequest(n, n, { line: 0 })]),
      3_300,
    )
    const answers = await Promise.all([0, 1].map(() => inProcess(location, 'shared', ...ids.map(String))))
    expect(answers.reduce((sum, { reserved }) => sum + reserved, 0)).toBe(6)
    expect(
      answers.reduce((sum, { busy }) => sum + busy, 0),
      'each attempt has one holder',
    ).toBe(40)
    expect(await store.budget('run:shared')).toMatchObject({ reservedMicroUsd: 3_000 })
    expect(
      (await store.ledger({ runId: 'shared' })).filter((entry) => entry.kind === 'reserve'),
    ).toHaveLength(6)
  })

  test('one of a newer version is refused and not touched', async () => {
    const location = await make('newer')
    await (await openStore(location, 'lineage'))[Symbol.asyncDispose]()
    const mark = "insert into kysely_migration (name, timestamp) values ('9999_future', '2030-01-01')"
    if (kind === 'SQLite') new DatabaseSync(location).exec(mark)
    else await execute(location, mark)
    const thrown = await failure(openStore(location, 'lineage'))
    expect(thrown).toMatchObject({ code: 'E_STATE_VERSION', money: 'no' })
    expect(thrown.message).toContain('9999_future')
  })

  test('what makes units due is told in the same transaction, and undone with it', async () => {
    const location = await make('hooked')
    const told: DueWorkItem[] = []
    let fails = false
    await using store = await openStore(location, 'lineage', {
      async onDue(runSql, units) {
        if (fails) throw new Error('the queue is full')
        told.push(...units)
        if (kind === 'PostgreSQL') await runSql('select $1::text', ['in the transaction'])
      },
    })
    const [attemptId = 0] = await runWith(store, 'hooked', [[newRequest(0, 0)]])
    expect(told).toEqual([
      { unit: { kind: 'run', id: 'hooked' }, at: 1_000 },
      { unit: { kind: 'attempt', id: attemptId }, at: 1_000 },
    ])
    await store.wakeAttempts('hooked', 7_000)
    expect(told.at(-1)).toEqual({ unit: { kind: 'attempt', id: attemptId }, at: 7_000 })
    const claim = await claimRun(store, 'hooked', 9_000)
    await store.release(claim, 12_000)
    expect(told.at(-1)).toEqual({ unit: { kind: 'run', id: 'hooked' }, at: 12_000 })
    fails = true
    await expect(store.startRun(newRun('other'))).rejects.toThrow('the queue is full')
    expect(await store.run('other')).toBeNull()
  })
})

async function execute(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  await client.query(statement)
  await client.end()
}

describe('a state that cannot be used', () => {
  test('a file that is no database is named, and nothing is written into it', async () => {
    const path = join(folder, 'broken.db')
    const text = 'this is not a database, whatever its name says. '.repeat(200)
    await writeFile(path, text)
    expect(await failure(openStore(path, 'lineage'))).toMatchObject({
      code: 'E_STATE_CORRUPT',
      where: path,
      money: 'unknown',
    })
    expect(await readFile(path, 'utf8')).toBe(text)
  })

  test('a file whose pages are damaged is named when it is read', async () => {
    const path = join(folder, 'damaged.db')
    await using whole = await openStore(path, 'lineage')
    await runWith(whole, 'damaged', [Array.from({ length: 2_000 }, (_request, seq) => newRequest(seq, 0))])
    await whole[Symbol.asyncDispose]()
    const bytes = await readFile(path)
    bytes.fill(0x5a, 4_096)
    await writeFile(path, bytes)
    expect(await failure(openStore(path, 'lineage'))).toMatchObject({ code: 'E_STATE_CORRUPT' })
  })

  test('a server that does not answer is named without the password', async () => {
    const thrown = await failure(openStore('postgres://worker:s3cret-word@127.0.0.1:1/state', 'lineage'))
    expect(thrown).toMatchObject({ code: 'E_DATABASE', where: expect.stringContaining('127.0.0.1:1/state') })
    expect([thrown.message, thrown.where, thrown.fix, JSON.stringify(thrown)].join(' ')).not.toContain(
      's3cret',
    )
  })

  test('neither is a password that the server refuses', async () => {
    const url = new URL((await createDatabase()).url)
    url.password = 'wr0ng-word'
    const thrown = await failure(openStore(url.href, 'lineage'))
    expect(thrown).toMatchObject({ code: 'E_DATABASE' })
    expect([thrown.message, thrown.where, JSON.stringify(thrown)].join(' ')).not.toContain('wr0ng')
  })
})

describe('a PostgreSQL state whose connections are ended by the server', () => {
  test('does once what it was told, where the transaction was lost before its end', async () => {
    await using database = await createDatabase()
    let isEnded = false
    await using store = await openStore(database.url, 'lineage', {
      awayMs: 10_000,
      async onDue(runSql) {
        if (isEnded) return
        isEnded = true
        await runSql('select pg_terminate_backend(pg_backend_pid())', [])
      },
    })
    await store.startRun(newRun('cut'))
    expect(isEnded).toBe(true)
    expect(await store.runs({ limit: 10 })).toHaveLength(1)
    expect(store.watch.trouble).toBeNull()
  })

  test('is told at once to whoever waits by himself', async () => {
    await using database = await createDatabase()
    await using store = await openStore(database.url, 'lineage', {
      onDue: async (runSql) => void (await runSql('select pg_terminate_backend(pg_backend_pid())', [])),
    })
    expect(await failure(store.startRun(newRun('cut')))).toMatchObject({ code: 'E_DATABASE' })
    expect(await store.run('cut')).toBeNull()
  })
})
