import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, test } from 'vitest'
import { openSink } from '../open-sink.ts'
import { sql } from '../database/sql.ts'
import { sqlite } from './rows.ts'

const free = { mark: null, chunk: 'c' }

async function place(setup: string): Promise<{ path: string; database: DatabaseSync } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'offpeak-sqlite-keys-'))
  const database = new DatabaseSync(join(path, 'cases.db'), { readBigInts: true })
  database.exec(setup)
  return {
    path,
    database,
    async [Symbol.asyncDispose]() {
      database.close()
      await rm(path, { recursive: true, force: true })
    },
  }
}

/** Reads every record, writes its own key's text into its row, and gives what became of each. */
async function roundTrip(path: string, key: string | readonly string[]): Promise<readonly string[]> {
  const source = sqlite.rows({ file: 'cases.db', query: sql`select * from cases`, key })
  const context = { baseDir: path, databaseUrl: null }
  await using reader = await source.open(context)
  await using sink = await openSink(
    { database: 'cases.db', table: 'cases' },
    { ...context, sourceKey: source.keyFields, sourceTables: [] },
  )
  const pages = await Array.fromAsync(reader.read({ after: null, limit: null, order: 'key', only: null }))
  const usable = pages.flatMap(({ records }) => records).filter(({ problem }) => problem === undefined)
  const again = await reader.reread?.(usable.map((record) => record.key))
  const items = usable.map((record) => ({ key: record.key, values: { ans: record.key } }))
  const written = await sink.write(items, free)
  return usable.map((record, at) => `${record.key} ${written[at]?.kind} ${again?.has(record.key)}`)
}

describe('a key of SQLite', () => {
  test('finds its row whatever kind of value it is', async () => {
    await using opened = await place(`create table cases (id, body text, ans text);
      insert into cases (id) values (1), ('two'), (1.5), (x'00ff'), (9223372036854775807), (-9223372036854775808),
        (1e300), (9e999), (-9e999), (''), ('007'), (x''), ('NaN'), (null)`)
    const told = await roundTrip(opened.path, 'id')
    expect(told.length).toBe(13)
    expect(told.filter((line) => !line.endsWith(' written true'))).toEqual([])
    const wrong = opened.database
      .prepare(`select id, ans from cases where ans is not null and typeof(id) in ('integer', 'text')
        and cast(id as text) <> ans`)
      .all()
    expect(wrong).toEqual([])
    expect(opened.database.prepare(`select ans from cases where id = x'00ff'`).get()).toEqual({
      ans: '\\x00ff',
    })
    expect(opened.database.prepare(`select ans from cases where id is null`).get()).toEqual({ ans: null })
  })

  test('of bytes, and of several columns with bytes among them', async () => {
    await using opened = await place(`create table cases (id blob, n, ans text, primary key (id, n));
      insert into cases (id, n) values (x'0102', 1), (x'', 2), (x'0102', 'x'), ('text', x'ff')`)
    const told = await roundTrip(opened.path, ['id', 'n'])
    expect(told.length).toBe(4)
    expect(told.every((line) => line.endsWith(' written true'))).toBe(true)
  })

  test('that several rows have writes none of them, whether it is a text, a number or both', async () => {
    await using opened = await place(`create table cases (id, ans text);
      insert into cases (id) values (1), ('1'), (2), (2), (3)`)
    await using sink = await openSink(
      { database: 'cases.db', table: 'cases' },
      { baseDir: opened.path, databaseUrl: null, sourceKey: ['id'], sourceTables: [] },
    )
    const items = ['1', '2', '3', '4'].map((key) => ({ key, values: { ans: 'x' } }))
    expect(await sink.write(items, free)).toEqual([
      { kind: 'rejected', reason: expect.stringMatching(/^2 rows of cases have this key \(id\)/) },
      { kind: 'rejected', reason: expect.stringContaining('2 rows') },
      { kind: 'written' },
      { kind: 'missing' },
    ])
    expect(opened.database.prepare(`select count(*) as n from cases where ans = 'x'`).get()).toEqual({
      n: 1n,
    })
    expect(await sink.holds?.(items)).toEqual([false, false, true, false])
  })

  test.for([
    ['text collate nocase', 'Abc', ['ABC', 'abc']],
    ['text collate rtrim', 'ab', ['ab', 'ab  ']],
    ['integer', '7', ['007', '7']],
    ['numeric', '1.1', ['1.1', '1.10']],
    ['real', '100', ['100', '1e2']],
  ] as const)(
    'of a column %s is compared as the column does, and one record has its row',
    async ([type, own, keys]) => {
      await using opened = await place(
        `create table cases (id ${type} primary key, ans text); insert into cases (id) values ('${own}')`,
      )
      const open = (): ReturnType<typeof openSink> =>
        openSink(
          { database: 'cases.db', table: 'cases' },
          { baseDir: opened.path, databaseUrl: null, sourceKey: ['id'], sourceTables: [] },
        )
      await using sink = await open()
      const items = keys.map((key) => ({ key, values: { ans: key } }))
      expect(await sink.present?.(items.map(({ key }) => ({ key, row: {} })))).toEqual(['open', 'open'])
      const named = (await sink.rows?.(items)) ?? []
      expect(new Set(named.map((row) => row?.name)).size).toBe(1)
      const results = await sink.write(items, free)
      expect(results.map(({ kind }) => kind).toSorted()).toEqual(['rejected', 'written'])
      expect(results.find(({ kind }) => kind === 'rejected')).toMatchObject({
        reason: expect.stringContaining('has the same key in the sink'),
      })
      expect((await sink.write(items.toReversed(), free)).map(({ kind }) => kind).toSorted()).toEqual([
        'rejected',
        'same',
      ])
    },
  )
})

test.for([
  ['text', ['a', 'A'], []],
  ['text', ['1', '1.0'], []],
  ['blob', ['1', '1.0'], []],
  ['', ['1', '1.0'], []],
  ['integer', ['1', '2'], ['1', '2']],
  ['integer', ['x', 'X'], ['x', 'X']],
] as const)(
  'keys of a column "%s" that are two are no row of each other: %s',
  async ([type, keys, names]) => {
    await using opened = await place(`create table cases (id ${type}, ans text)`)
    await using sink = await openSink(
      { database: 'cases.db', table: 'cases' },
      { baseDir: opened.path, databaseUrl: null, sourceKey: ['id'], sourceTables: [] },
    )
    const rows = (await sink.rows?.(keys.map((key) => ({ key, values: {} })))) ?? []
    expect(rows.map((row) => row?.name).filter((name) => name !== undefined)).toEqual(names)
  },
)

test('keys of SQLite that are one text are counted as repeated, of whatever kind they are', async () => {
  await using opened = await place(`create table cases (id, n);
    insert into cases values (1, 1), ('1', 2), (1.0, 3), (1.5, 4), (x'01', 5), (null, 6), (null, 7), ('x', 8), ('X', 9)`)
  const repeated = async (key: string | readonly string[]): Promise<unknown> => {
    const source = sqlite.rows({ file: 'cases.db', query: sql`select * from cases`, key })
    await using reader = await source.open({ baseDir: opened.path, databaseUrl: null })
    return await reader.repeatedKeys?.()
  }
  expect(await repeated('id')).toEqual({ records: 2, of: 9, example: '1' })
  expect(await repeated(['id', 'n'])).toEqual({ records: 0, of: 9, example: null })
})
