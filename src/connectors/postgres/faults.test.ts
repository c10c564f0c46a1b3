import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type OwnServer, startOwnServer } from '../../../test/crash/server.ts'
import { serverPrograms } from '../../../test/support/postgres.ts'
import { cases, free, headnotes, kinds, openCases } from '../../../test/support/sink-cases.ts'
import type { TestDatabase } from '../../../test/support/databases.ts'
import { openDatabase } from '../database/database.ts'
import { sql } from '../database/sql.ts'

const ids = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index + 1)

const programs = serverPrograms()
/** A server of their own: what these transactions hold open would make rows of other tests look as if they had changed. */
let server: OwnServer
let databasesMade = 0

/** A database whose sessions have settings of their own, with the table of cases and a trigger on it. */
async function limited(
  settings: readonly string[],
  count: number,
  trigger: string | null,
): Promise<TestDatabase> {
  databasesMade += 1
  const name = `limited_${databasesMade}`
  const url = server.url.replace(/\w+$/, name)
  await using all = await openDatabase(server.url)
  await all.withConnection((connection) => connection.exec(`create database ${name}`))
  await using before = await openDatabase(url)
  await cases({ url, database: before, [Symbol.asyncDispose]: () => Promise.resolve() }, count)
  if (trigger !== null)
    await before.exec(
      `create function act() returns trigger language plpgsql as $$ begin ${trigger}; return new; end $$;
       create trigger act before update on cases for each row execute function act()`,
    )
  for (const setting of settings) await before.exec(`alter database ${name} set ${setting}`)
  await before[Symbol.asyncDispose]()
  const database = await openDatabase(url)
  return { url, database, [Symbol.asyncDispose]: () => database[Symbol.asyncDispose]() }
}

describe.skipIf(programs === null)('a sink whose database has limits', () => {
  beforeAll(async () => {
    server = await startOwnServer(programs ?? '')
  }, 60_000)
  afterAll(() => server[Symbol.asyncDispose]())

  test('halves a chunk that takes longer than a statement may, and begins smaller from then on', async () => {
    await using opened = await limited(["statement_timeout = '600ms'"], 48, 'perform pg_sleep(0.05)')
    await using sink = await openCases(opened, { table: 'cases', set: true })
    const first = await sink.write(headnotes(ids(24)), free)
    expect(new Set(kinds(first))).toEqual(new Set(['written']))
    const second = await sink.write(headnotes(ids(48).slice(24)), free)
    expect(new Set(kinds(second))).toEqual(new Set(['written']))
    expect(await opened.database.query(sql`select count(headnote) as n from cases`)).toEqual([{ n: 48 }])
  })

  test('says so when even one row takes longer, and has written nothing', async () => {
    await using opened = await limited(["statement_timeout = '200ms'"], 4, 'perform pg_sleep(30)')
    await using sink = await openCases(opened, { table: 'cases', set: true })
    await expect(sink.write(headnotes(ids(4)), free)).rejects.toMatchObject({
      code: 'E_DATABASE_REFUSED',
      message: expect.stringContaining('57014: canceling statement due to statement timeout'),
      fix: expect.stringContaining('statement_timeout'),
    })
    expect(await opened.database.query(sql`select count(headnote) as n from cases`)).toEqual([{ n: 0 }])
  })

  test("waits for a lock no longer than its user's own lock_timeout, and names it", async () => {
    await using opened = await limited(["lock_timeout = '200ms'"], 4, null)
    await using sink = await openCases(opened, { table: 'cases', set: true })
    const holder = await opened.database.hold('read write')
    try {
      await holder.connection.exec('select * from cases where id = 2 for update')
      await expect(sink.write(headnotes(ids(4)), free)).rejects.toMatchObject({
        code: 'E_DATABASE_REFUSED',
        message: expect.stringContaining('kept a row locked for too long: 55P03'),
      })
    } finally {
      await holder.end('rollback')
    }
    expect(kinds(await sink.write(headnotes(ids(4)), free))).toEqual(Array(4).fill('written'))
  })

  test.for([
    ['53100', 'has no disk space left', 'Free space'],
    ['25006', 'is read-only', 'default_transaction_read_only'],
    ['42501', 'does not permit this', 'Grant'],
    ['XX001', 'refused the statement', null],
  ] as const)('%s of a database is told at once, as what a person fixes', async ([code, words, fix]) => {
    await using opened = await limited([], 2, null)
    await opened.database.exec(
      `create sequence tried;
     create function act() returns trigger language plpgsql as $$ begin
       perform nextval('tried'); raise exception 'not now' using errcode = '${code}'; end $$;
     create trigger act before update on cases for each row execute function act()`,
    )
    await using sink = await openCases(opened, { table: 'cases', set: true })
    await expect(sink.write(headnotes([1, 2]), free)).rejects.toMatchObject({
      code: 'E_DATABASE_REFUSED',
      message: expect.stringContaining(`${words}: ${code}: not now`),
      fix: fix === null ? null : expect.stringContaining(fix),
    })
    // A sequence is not taken back with its transaction: it was tried once.
    expect(await opened.database.query(sql`select last_value as n from tried`)).toEqual([{ n: 1 }])
  })

  test('a user who is only let read is told so, in the words of the server', async () => {
    await using opened = await limited(['default_transaction_read_only = on'], 2, null)
    await using sink = await openCases(opened, { table: 'cases', set: true })
    await expect(sink.write(headnotes([1]), free)).rejects.toMatchObject({
      code: 'E_DATABASE_REFUSED',
      message: expect.stringMatching(/is read-only: 25006: cannot execute .* in a read-only transaction/),
    })
  })
})
