import { typedKey } from '../../wording/typed-key.ts'
import { expect, describe, test } from 'vitest'
import { databases } from '../../../test/support/databases.ts'
import { free, kinds } from '../../../test/support/sink-cases.ts'
import { openSink } from '../open-sink.ts'
import type { Sink } from '../../ports/sink.ts'
import { sql, type Sql } from '../database/sql.ts'
import { postgres } from './rows.ts'

function open(
  url: string,
  sink: Readonly<Record<string, unknown>> = { table: 'cases' },
  sourceKey: readonly string[] = ['k'],
): Promise<Sink> {
  return openSink(sink, { baseDir: '/', databaseUrl: url, sourceKey, sourceTables: [] })
}

const item = (key: string): { key: string; values: { ans: string } } => ({ key, values: { ans: key } })

async function repeated(url: string, query: Sql, key: string | readonly string[] = 'k'): Promise<unknown> {
  await using reader = await postgres.rows({ query, key }).open({ baseDir: '/', databaseUrl: url })
  return (await reader.repeatedKeys?.()) ?? null
}

/** Of each type a key that is another one. */
const others = {
  numeric: '1.11',
  'char(6)': 'abc',
  uuid: '00000000-0000-0000-0000-00000000abce',
  float8: '1e-300',
  int: '70',
  timestamptz: '2026-01-01 00:00:00.123457+00',
  bool: 'f',
  interval: '31 days',
} as const

for (const { name, open: openDatabase } of databases) {
  test(`a table of ${name} stops when a column of its key is renamed under a run, and writes to no row by the columns that are left`, async () => {
    await using opened = await openDatabase()
    await opened.database.exec(`create table parts (id int, locale text, note text, primary key (id, locale));
      insert into parts values (1, 'de'), (2, 'de')`)
    await opened.database.exec('alter table parts rename column locale to lang')
    await using sink = await open(opened.url, { table: 'parts' }, ['id', 'locale'])
    await expect(sink.write([{ key: '1\u001ffr', values: { note: 'une' } }], free)).rejects.toMatchObject({
      code: 'E_SINK_KEY',
      message: expect.stringContaining('The key column "locale" is not in'),
    })
    expect(await opened.database.query(sql`select count(note)::int as written from parts`)).toEqual([
      { written: 0 },
    ])
  })

  test(`keys that rows of a query on ${name} share are counted by the database`, async () => {
    await using opened = await openDatabase()
    await opened.database.exec(`create table one (k text primary key); insert into one values ('a'), ('b');
      create table many (k text, n int, j json); insert into many values ('a', 1, '1'), ('a', 2, '1'), ('b', 1, '2'), ('b', 1, '3'), ('a', 3, '4'), (null, 1, '5'), (null, 1, '6')`)
    const of = async (query: Sql, key?: string | readonly string[]): Promise<unknown> =>
      repeated(opened.url, query, key)
    expect(await of(sql`select * from one`)).toEqual({ records: 0, of: 0, example: null })
    expect(await of(sql`select * from one join many using (k)`)).toEqual({ records: 3, of: 5, example: 'a' })
    expect(await of(sql`select * from many`)).toEqual({ records: 3, of: 7, example: 'a' })
    expect(await of(sql`select * from many`, ['k', 'n'])).toEqual({ records: 1, of: 7, example: 'b\u001f1' })
    expect(await of(sql`select * from many`, 'j')).toEqual({ records: 1, of: 7, example: '1' })
  })

  describe(`a key in a table of ${name}`, () => {
    test('that several rows have writes none of them, and says so', async () => {
      await using opened = await openDatabase()
      await opened.database.exec(`create table cases (k text, ans text);
        insert into cases (k) values ('a'), ('b'), ('b'), ('c'), (null)`)
      await using sink = await open(opened.url)
      const items = ['a', 'b', 'c', 'd'].map(item)
      const results = await sink.write(items, free)
      expect(kinds(results)).toEqual(['written', 'rejected', 'written', 'missing'])
      expect(results[1]).toMatchObject({
        reason: expect.stringMatching(/^2 rows of public.cases have this key \(k\).*none was written/),
      })
      expect(kinds(await sink.write(items, free))).toEqual(['same', 'rejected', 'same', 'missing'])
      const [row] = await opened.database.query({
        text: `select count(*)::int as n from cases where ans is not null`,
        values: [],
      })
      expect(row).toEqual({ n: 2 })
    })

    test('that a part of a unique key says alone is told as several rows, and the whole as one', async () => {
      await using opened = await openDatabase()
      await opened.database.exec(`create table cases (k text, n int, ans text, primary key (k, n));
        insert into cases (k, n) values ('a', 1), ('a', 2)`)
      await using sink = await open(opened.url)
      expect(kinds(await sink.write([item('a')], free))).toEqual(['rejected'])
      await using whole = await open(opened.url, { table: 'cases', key: ['k', 'n'] }, ['a', 'b'])
      expect(kinds(await whole.write([item('a\u001f2')], free))).toEqual(['written'])
    })

    test.for([
      ['numeric', '1.10', ['1.1', '1.10', '01.1']],
      ['char(6)', 'ab', ['ab', 'ab    ']],
      [
        'uuid',
        '00000000-0000-0000-0000-00000000abcd',
        ['00000000-0000-0000-0000-00000000ABCD', '{00000000-0000-0000-0000-00000000abcd}'],
      ],
      ['float8', '0', ['-0', '0']],
      ['float8', 'NaN', ['NaN', 'nan']],
      ['int', '7', ['7', '007']],
      [
        'timestamptz',
        '2026-01-01 00:00:00.123456+00',
        ['2026-01-01 02:00:00.123456+02', '2026-01-01T00:00:00.123456Z'],
      ],
      ['bool', 't', ['t', 'true']],
      ['interval', '1 mon', ['1 mon', '30 days']],
    ] as const)(
      'of the type %s is compared as the type does, and one record has its row',
      async ([type, own, keys]) => {
        await using opened = await openDatabase()
        await opened.database.exec(
          `create table cases (k ${type} primary key, ans text); insert into cases (k) values ('${own}')`,
        )
        await using sink = await open(opened.url)
        const items = keys.map(item)
        const won = keys.toSorted().at(-1)
        const present = (await sink.present?.(items.map(({ key }) => ({ key, row: {} })))) ?? []
        expect([...new Set(present)]).toEqual(['open'])
        const named = (await sink.rows?.(items)) ?? []
        expect(new Set(named.map((row) => row?.name)).size).toBe(1)
        const [other] = (await sink.rows?.([item(others[type])])) ?? []
        expect(other?.name).not.toBe(named[0]?.name)
        for (const given of [items, items.toReversed()]) {
          const results = await sink.write(given, free)
          expect(given.filter((_, at) => results[at]?.kind !== 'rejected').map(({ key }) => key)).toEqual([
            won,
          ])
          expect(results.find(({ kind }) => kind === 'rejected')).toMatchObject({
            reason: expect.stringContaining(
              `another record has the same key in the sink: the record "${typedKey(won ?? '')}"`,
            ),
          })
        }
        await using upsert = await open(opened.url, { upsert: 'cases', key: 'k' })
        const rows = keys.map((key) => ({ key: `of ${key}`, values: { k: key, ans: key } }))
        const upserted = (await upsert.rows?.(rows)) ?? []
        expect(new Set(upserted.map((row) => row?.name)).size).toBe(1)
        expect(kinds(await upsert.write(rows, free)).filter((kind) => kind === 'rejected').length).toBe(
          keys.length - 1,
        )
      },
    )

    test.for([
      ['jsonb', '{"a": 1}'],
      ['int[]', '{1,2}'],
      ['text[]', '{"a,b","NULL",NULL}'],
      ['bytea', '\\x00ff'],
      ['daterange', '[2026-01-01,2026-02-01)'],
      ['inet', '10.0.0.1'],
      ['float8', '1e+300'],
    ] as const)('of the type %s is read, found again and written to its row', async ([type, value]) => {
      await using opened = await openDatabase()
      await opened.database.exec(
        `create table cases (k ${type} primary key, ans text); insert into cases (k) values ('${value}')`,
      )
      const context = { baseDir: '/', databaseUrl: opened.url }
      await using reader = await postgres.rows({ query: sql`select * from cases`, key: 'k' }).open(context)
      const [record] = await reader.sample(1)
      const key = record?.key ?? ''
      expect([...((await reader.reread?.([key]))?.keys() ?? [])]).toEqual([key])
      await using sink = await open(opened.url)
      expect(await sink.present?.([{ key, row: {} }])).toEqual(['open'])
      await sink.dryRun(item(key))
      expect(kinds(await sink.write([item(key)], free))).toEqual(['written'])
    })

    test.for(['json', 'xml', 'point'])(
      'of the type %s is refused before anything is bought',
      async (type) => {
        await using opened = await openDatabase()
        await opened.database.exec(`create table cases (k ${type}, ans text)`)
        await using sink = await open(opened.url)
        const refused = { code: 'E_SINK_KEY', message: expect.stringContaining(`(k ${type})`) }
        await expect(sink.present?.([{ key: '1', row: {} }])).rejects.toMatchObject(refused)
        await expect(sink.dryRun(item(''))).rejects.toMatchObject(refused)
      },
    )

    test('is never rounded or cut to fit a row', async () => {
      await using opened = await openDatabase()
      await opened.database.exec(`create table cases (k numeric(6, 2) primary key, ans text);
        insert into cases (k) values (1.11), (2);
        create table instants (k timestamptz(0) primary key, ans text);
        insert into instants (k) values ('2026-01-01 00:00:01+00')`)
      await using sink = await open(opened.url)
      expect(kinds(await sink.write(['1.105', '1.11', '2.0001'].map(item), free))).toEqual([
        'missing',
        'written',
        'missing',
      ])
      await using upsert = await open(opened.url, { upsert: 'cases', key: 'k' })
      const row = { key: 'of 3', values: { k: '3.005', ans: 'x' } }
      expect(kinds(await upsert.write([row], free))).toEqual(['written'])
      expect(kinds(await upsert.write([row], free))).toEqual(['same'])
      await using instants = await open(opened.url, { table: 'instants' })
      expect(kinds(await instants.write([item('2026-01-01 00:00:00.6+00')], free))).toEqual(['missing'])
    })

    test('that the column does not take is its own record’s, and leaves the others apart', async () => {
      await using opened = await openDatabase()
      await opened.database.exec(`create table cases (k numeric primary key, ans text);
        insert into cases (k) values (1), (2)`)
      await using sink = await open(opened.url)
      const results = await sink.write(['1', 'one', '1.0', '2'].map(item), free)
      expect(kinds(results)).toEqual(['rejected', 'rejected', 'written', 'written'])
      expect(results[1]).toMatchObject({ reason: expect.stringContaining('22P02') })
    })
  })
}

describe('a key that a collation or citext compares', () => {
  for (const { name, open: openDatabase } of databases.filter(({ name }) => name !== 'PGlite'))
    test(`has one record for its row on ${name}`, async () => {
      await using opened = await openDatabase()
      await opened.database.exec(`create extension if not exists citext;
        create collation if not exists unaccented (provider = icu, locale = 'und-u-ks-level1', deterministic = false);
        create table cases (k citext primary key, ans text); insert into cases (k) values ('Abc'), ('x');
        create table texts (k text collate unaccented, ans text); insert into texts (k) values ('Déf'), ('x'), ('X')`)
      await using sink = await open(opened.url)
      const named = (await sink.rows?.(['ABC', 'abc', 'x'].map(item)))?.map((row) => row?.name) ?? []
      expect(named[0]).toBe(named[1])
      expect(named[0]).not.toBe(named[2])
      expect(kinds(await sink.write(['ABC', 'abc', 'x'].map(item), free))).toEqual([
        'rejected',
        'written',
        'written',
      ])
      await using texts = await open(opened.url, { table: 'texts' })
      const names = (await texts.rows?.(['def', 'DÉF', 'deg'].map(item)))?.map((row) => row?.name) ?? []
      expect(names[0]).toBe(names[1])
      expect(names[0]).not.toBe(names[2])
      const results = await texts.write(['def', 'DÉF', 'x'].map(item), free)
      expect(kinds(results)).toEqual(['written', 'rejected', 'rejected'])
      expect(results[2]).toMatchObject({ reason: expect.stringContaining('2 rows of public.texts') })
    })
})
