import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { databases } from '../../../test/support/databases.ts'
import { createDatabase } from '../../../test/support/postgres.ts'
import { openDatabase } from './database.ts'
import { withoutPassword } from './pg.ts'
import { takeLock } from './lock-file.ts'
import { importPeer, versionProblem } from '../../engine/peer.ts'
import { peers } from '../../engine/peer-versions.ts'
import { sql } from './sql.ts'

async function folder(): Promise<{ readonly path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'offpeak-database-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

for (const { name, open } of databases) {
  describe(`a transaction on ${name}`, () => {
    test('is kept when its function is done and undone when that fails', async () => {
      await using opened = await open()
      const { database } = opened
      await database.exec('create table t (id int)')
      await database.transaction('read write', (connection) =>
        connection.query(sql`insert into t values (1)`),
      )
      const failing = database.transaction('read write', async (connection) => {
        await connection.query(sql`insert into t values (2)`)
        throw new Error('no')
      })
      await expect(failing).rejects.toThrow('no')
      expect(await database.query(sql`select id from t`)).toEqual([{ id: 1 }])
    })

    test('that only reads cannot write and sees one moment', async () => {
      await using opened = await open()
      const { database } = opened
      await database.exec('create table t (id int)')
      const writing = database.transaction('read only', (connection) =>
        connection.query(sql`insert into t values (1)`),
      )
      await expect(writing).rejects.toMatchObject({ code: '25006' })
    })

    test('never mixes with the one of another task', async () => {
      await using opened = await open()
      const { database } = opened
      await database.exec('create table t (task int)')
      const tasks = Array.from({ length: 8 }, (_, task) =>
        database
          .transaction('read write', async (connection) => {
            await connection.query(sql`insert into t values (${task})`)
            await connection.query(sql`select pg_sleep(0.001)`)
            if (task % 2 === 1) throw new Error('undo')
            await connection.query(sql`insert into t values (${task})`)
          })
          .catch(() => undefined),
      )
      await Promise.all(tasks)
      const rows = await database.query(
        sql`select task, count(*) as count from t group by task order by task`,
      )
      expect(rows).toEqual([0, 2, 4, 6].map((task) => ({ task, count: 2 })))
    })
  })
}

describe('opening a PostgreSQL server', () => {
  test('tells what is wrong, where and what to do, and never the password', async () => {
    await using created = await createDatabase()
    const cases: readonly (readonly [string, RegExp])[] = [
      [created.url.replace(/:[^:@/]+@/, ':not-the-password@'), /refused the user or password/],
      [created.url.replace(/\/[^/]+$/, '/no_such_database'), /no such database/],
      ['postgres://someone:not-the-password@127.0.0.1:9/cases', /cannot be reached/],
    ]
    for (const [url, message] of cases) {
      await using database = await openDatabase(url)
      const failure: unknown = await database.query(sql`select 1`).catch((thrown: unknown) => thrown)
      expect(failure).toMatchObject({
        code: url.includes(':9/') ? 'E_DATABASE' : 'E_DATABASE_REFUSED',
        message: expect.stringMatching(message),
        fix: expect.any(String),
      })
      expect(String(failure)).not.toContain('not-the-password')
      expect(String(failure)).toContain('127.0.0.1')
    }
  })

  test('shows a URL without its password, and nothing of one that cannot be read', () => {
    expect(withoutPassword('postgres://me:secret@db.example:5432/cases')).toBe('me@db.example:5432/cases')
    expect(withoutPassword('postgres://me:sec ret@:::')).not.toContain('sec')
  })

  test('continues after the server has ended an idle connection', async () => {
    await using created = await createDatabase()
    await using database = await openDatabase(created.url)
    await using other = await openDatabase(`${created.url}?application_name=other`)
    await database.query(sql`select 1`)
    await other.query(
      sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'offpeak' and pid <> pg_backend_pid()`,
    )
    await new Promise((done) => setTimeout(done, 50))
    expect(await database.query(sql`select 1 as one`)).toEqual([{ one: 1 }])
  })

  test('refuses a URL that names no database it knows', async () => {
    await expect(openDatabase('mysql://x')).rejects.toMatchObject({ code: 'E_CONFIG' })
    await expect(openDatabase('pglite:')).rejects.toMatchObject({ code: 'E_CONFIG' })
  })
})

describe('an embedded database in a directory', () => {
  test('is one instance per process, closed with its last user, and keeps its rows', async () => {
    await using place = await folder()
    const url = `pglite:${join(place.path, 'cases')}`
    {
      await using one = await openDatabase(url)
      await using other = await openDatabase('pglite:cases', place.path)
      await one.exec('create table t (id int)')
      await other.query(sql`insert into t values (1)`)
      expect(await one.query(sql`select id from t`)).toEqual([{ id: 1 }])
    }
    await using again = await openDatabase(url)
    expect(await again.query(sql`select id from t`)).toEqual([{ id: 1 }])
  })

  test('refuses a second process by the pid of the first, and opens when that was killed', async () => {
    await using place = await folder()
    const path = join(place.path, 'cases')
    const script = `import { takeLock } from ${JSON.stringify(new URL('lock-file.ts', import.meta.url).href)}
      takeLock(${JSON.stringify(path)}); console.log('taken'); setInterval(() => {}, 1000)`
    const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    try {
      await once(child.stdout, 'data')
      await expect(openDatabase(`pglite:${path}`)).rejects.toMatchObject({
        code: 'E_DATABASE_BUSY',
        message: expect.stringContaining(`Process ${child.pid} has`),
        fix: expect.stringContaining('PostgreSQL URL'),
      })
    } finally {
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
    expect(existsSync(`${path}.pid`)).toBe(true)
    await using database = await openDatabase(`pglite:${path}`)
    expect(await database.query(sql`select 1 as one`)).toEqual([{ one: 1 }])
  })

  test('has a lock that the same process cannot take twice either', async () => {
    await using place = await folder()
    const path = join(place.path, 'x')
    const first = takeLock(path)
    expect(takeLock(path)).toEqual({ held: false, pid: process.pid })
    if (first.held) first[Symbol.dispose]()
    const again = takeLock(path)
    expect(again.held).toBe(true)
    if (again.held) again[Symbol.dispose]()
  })
})

test('an optional package that is missing, or cannot be loaded, is named with the command that installs it', async () => {
  const missing = (said: string) => () => Promise.reject(new Error(said))
  await expect(
    importPeer(
      'pg',
      'the state is a PostgreSQL URL',
      missing("Cannot find package 'pg' imported from /a.js"),
    ),
  ).rejects.toMatchObject({
    code: 'E_PEER_MISSING',
    message: 'the package pg is not installed, and the state is a PostgreSQL URL',
    fix: 'npm install pg',
  })
  await expect(
    importPeer('@duckdb/node-api', 'it is needed here', missing('GLIBC_2.99 is not there')),
  ).rejects.toThrow(
    'the package @duckdb/node-api could not be loaded, and it is needed here: GLIBC_2.99 is not there',
  )
})

test('an optional package of a version that is not known to work is named with both', () => {
  expect(versionProblem('@duckdb/node-api', '1.5.5-r.5')).toBeNull()
  expect(versionProblem('@duckdb/node-api', '1.4.5-r.1')).toBe(
    'the package @duckdb/node-api is installed as 1.4.5-r.1, and it has to be 1.5.0 or newer',
  )
  expect(versionProblem('pg-boss', '13.0.0')).toContain('12.35.0 or newer, below 13.0.0')
  expect(versionProblem('pg-boss', '12.38.0')).toBeNull()
})

test('package.json asks for the same versions; of DuckDB, whose versions no range takes in, for any', async () => {
  const { default: manifest } = await import('../../../package.json', { with: { type: 'json' } })
  const asked = Object.fromEntries(
    Object.entries<{ readonly least: string; readonly below?: string }>(peers).map(
      ([name, { least, below }]) => [
        name,
        name.startsWith('@duckdb/')
          ? '*'
          : `>=${least}${below === undefined ? '' : ` <${below.replace(/\.0\.0$/, '')}`}`,
      ],
    ),
  )
  // Its own versions ask it for nothing but spans, and a process without it has none.
  const { '@opentelemetry/api': _, ...loaded } = manifest.peerDependencies
  expect(loaded).toEqual(asked)
})
