import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { z } from 'zod'
import type { Source, SourceRecord } from '../../ports/source.ts'
import { duckdb } from './rows.ts'
import { sql, type Sql } from '../database/sql.ts'

async function folder(): Promise<{ readonly path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'offpeak-duckdb-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

async function records(
  source: Source<unknown>,
  baseDir = tmpdir(),
): Promise<readonly SourceRecord<unknown>[]> {
  await using reader = await source.open({ baseDir, databaseUrl: null })
  await reader.check()
  const pages = await Array.fromAsync(reader.read({ after: null, limit: null, order: 'key', only: null }))
  return pages.flatMap((page) => page.records)
}

describe('duckdb.rows', () => {
  test('has the row type of its schema, and names the files it reads', () => {
    const query = sql`select * from 'data/*.csv' join cases using (id)`
    const typed = duckdb.rows({ query, key: 'id', row: z.object({ id: z.number() }) })
    expectTypeOf(typed).toEqualTypeOf<Source<{ id: number }>>()
    expect(typed).toMatchObject({ kind: 'duckdb', describe: 'data/*.csv, cases', keyFields: ['id'] })
  })

  test('gives values that JSON can carry, and loses no digit', async () => {
    const query = sql`select 1 as id, [1, null] as list, [1, 2]::int[2] as pair, {a: 1::hugeint, b: [date '2026-01-31']} as struct,
      map {'k': 2} as map, 1.25::decimal(5, 2) as d, timestamp '2026-01-31 10:20:30.5' as ts, timestamp_ns '2026-01-31 10:20:30.5' as ns,
      timestamptz '2026-01-31 10:20:30+02' as tz, time '10:00:00' as t, 'ab'::blob as b, 'NaN'::double as nan, '{"a": [1, 1.50, 9007199254740993, 1e400]}'::json as j,
      9223372036854775807 as big, true as ok, null as nothing, ${'x'} as text, ${new Date(0)} as at, ${7} as n, ${null}::int as none`
    expect(await records(duckdb.rows({ query, key: 'id' }))).toEqual([
      {
        key: '1',
        row: {
          id: 1,
          list: [1, null],
          pair: [1, 2],
          struct: { a: 1, b: ['2026-01-31'] },
          map: { k: 2 },
          d: '1.25',
          ts: '2026-01-31T10:20:30.5',
          ns: '2026-01-31T10:20:30.5',
          tz: '2026-01-31T08:20:30Z',
          t: '10:00:00',
          b: '\\x6162',
          nan: 'NaN',
          j: { a: [1, 1.5, '9007199254740993', '1e400'] },
          big: '9223372036854775807',
          ok: true,
          nothing: null,
          text: 'x',
          at: '1970-01-01T00:00:00Z',
          n: 7,
          none: null,
        },
      },
    ])
  })

  test('joins files by their path in the project, and a database that is only read', async () => {
    await using place = await folder()
    const instance = await DuckDBInstance.create(join(place.path, 'cases.duckdb'))
    const connection = await instance.connect()
    await connection.run(`create table courts as select 'a' as code, 'Court A' as name`)
    connection.closeSync()
    instance.closeSync()
    await writeFile(join(place.path, 'one.csv'), 'id,code\n1,a\n')
    await writeFile(join(place.path, 'two.jsonl'), '{"id": 2, "code": "a"}\n')
    const query = sql`select f.id, c.name from (select id, code from 'one.csv' union all select id, code from 'two.jsonl') as f join courts as c using (code)`
    const source = duckdb.rows({ query, key: 'id', database: 'cases.duckdb' })
    expect(await records(source, place.path)).toEqual([
      { key: '1', row: { id: 1, name: 'Court A' } },
      { key: '2', row: { id: 2, name: 'Court A' } },
    ])
  })

  test('tells rows without a key and keys of every type apart, over a resumption', async () => {
    const query = sql`select * from (values (date '2026-01-02', 1), (date '2026-01-01', 2), (null, 3)) as v(day, n)`
    const source = duckdb.rows({ query, key: 'day' })
    expect((await records(source)).map(({ key }) => key)).toEqual(['2026-01-01', '2026-01-02', '(no key 1)'])
    await using reader = await source.open({ baseDir: tmpdir(), databaseUrl: null })
    const options = { limit: null, order: 'key', only: null } as const
    const [page] = await Array.fromAsync(reader.read({ ...options, after: null }))
    const rest = await Array.fromAsync(reader.read({ ...options, after: page?.cursorAt(0) ?? null }))
    expect(rest.flatMap(({ records }) => records.map(({ key }) => key))).toEqual(['2026-01-02', '(no key 1)'])
    expect([...((await reader.reread?.(['2026-01-02', 'no date'])) ?? [])].length).toBe(1)
  })

  test('tells bytes and what has no end by name, and continues behind a key of bytes', async () => {
    const query = sql`select unnest([unhex('00ff'), unhex('61'), unhex('5c78')]) as id, date 'infinity' as d,
      timestamp '-infinity' as t, timestamptz 'infinity' as z, '-inf'::float as f`
    const source = duckdb.rows({ query, key: 'id' })
    const rest = { d: 'infinity', t: '-infinity', z: 'infinity', f: '-Infinity' }
    const keys = ['\\x00ff', '\\x5c78', '\\x61']
    expect(await records(source)).toEqual(keys.map((id) => ({ key: id, row: { id, ...rest } })))
    await using reader = await source.open({ baseDir: tmpdir(), databaseUrl: null })
    const options = { limit: null, order: 'key', only: null } as const
    const [page] = await Array.fromAsync(reader.read({ ...options, after: null }))
    const behind = await Array.fromAsync(reader.read({ ...options, after: page?.cursorAt(0) ?? null }))
    expect(behind.flatMap(({ records }) => records.map(({ key }) => key))).toEqual(keys.slice(1))
    expect([...((await reader.reread?.([...keys, 'none'])) ?? [])].length).toBe(3)
  })

  test('refuses what cannot work, before a row is read', async () => {
    const refused = async (query: Sql, key = 'id', database?: string): Promise<unknown> =>
      records(duckdb.rows({ query, key, ...(database === undefined ? {} : { database }) })).catch(
        (thrown: unknown) => thrown,
      )
    expect(await refused(sql`select bodyy from (select 1 as id, 2 as body)`)).toMatchObject({
      code: 'E_SOURCE_QUERY',
      message: expect.stringMatching(/"bodyy" not found .*"body"/),
    })
    expect(await refused(sql`select * from 'not-there.csv'`)).toMatchObject({ code: 'E_SOURCE_QUERY' })
    expect(await refused(sql`select 1 as id`, 'idd')).toMatchObject({
      code: 'E_SOURCE_KEY',
      message: expect.stringContaining('Did you mean id?'),
    })
    expect(await refused(sql`copy (select 1 as id) to 'x.csv'`)).toMatchObject({ code: 'E_SOURCE_QUERY' })
    expect(await refused(sql`select 1 as id`, 'id', 'not-there.duckdb')).toMatchObject({
      code: 'E_SOURCE_FILE',
    })
  })
})

test('keys that rows of DuckDB share are counted by it', async () => {
  const query = sql`select * from (values ('a', 1), ('a', 2), ('b', 1), (null, 1), (null, 2)) as v(id, n)`
  await using reader = await duckdb.rows({ query, key: 'id' }).open({ baseDir: tmpdir(), databaseUrl: null })
  expect(await reader.repeatedKeys?.()).toEqual({ records: 1, of: 5, example: 'a' })
})
