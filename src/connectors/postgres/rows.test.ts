import * as fc from 'fast-check'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { z } from 'zod'
import { databases, type TestDatabase } from '../../../test/support/databases.ts'
import type { Source, SourceReader } from '../../ports/source.ts'
import { all, keys, readAll } from '../../testing/reading.ts'
import { expectAnySplit } from '../../../test/support/reading.ts'
import { postgres } from './rows.ts'
import { sql } from '../database/sql.ts'

function open<Row>(source: Source<Row>, { url }: TestDatabase): Promise<SourceReader<Row>> {
  return source.open({ baseDir: '/', databaseUrl: url })
}

async function cases(opened: TestDatabase, count: number): Promise<void> {
  await opened.database.exec(
    `create table cases (id int primary key, court text, body text, decided date);
     insert into cases select i, 'c' || i % 3, repeat('x', 20 + (i * 37) % 900), date '2020-01-01' + i from generate_series(1, ${count}) i`,
  )
}

const query = sql`select id, court, body from cases`

test('the row type is the one of the row schema, or an unknown record', () => {
  const typed = postgres.rows({ query, key: 'id', row: z.object({ id: z.number() }) })
  expectTypeOf(typed).toEqualTypeOf<Source<{ id: number }>>()
  expectTypeOf(typed.limit(3)).toEqualTypeOf<Source<{ id: number }>>()
  expectTypeOf(postgres.rows({ query, key: 'id' })).toEqualTypeOf<Source<Record<string, unknown>>>()
  expect(typed).toMatchObject({ kind: 'postgres', describe: 'cases', keyFields: ['id'] })
})

for (const { name, open: openDatabase } of databases) {
  describe(`rows of ${name}`, () => {
    test('arrive all, once, in the order of the key, and are counted', async () => {
      await using opened = await openDatabase()
      await cases(opened, 3000)
      await using reader = await open(
        postgres.rows({ query: sql`select * from cases where id > ${10};`, key: 'id' }),
        opened,
      )
      await reader.check()
      expect(await reader.count()).toBe(2990)
      const records = await readAll(reader)
      expect(keys(records)).toEqual(Array.from({ length: 2990 }, (_, index) => String(index + 11)))
      expect(records[0]).toMatchObject({ key: '11', row: { id: 11, court: 'c2', decided: '2020-01-12' } })
    })

    test('come back in any split: every row exactly once, also with composite and text keys', async () => {
      await using opened = await openDatabase()
      await opened.database.exec(
        `create table parts (a text, b int8, body text);
         insert into parts select (array['a','B','é','中','a b',''])[1 + i % 6], i / 6, 'x' from generate_series(0, 239) i`,
      )
      await using reader = await open(
        postgres.rows({ query: sql`select * from parts`, key: ['a', 'b'] }),
        opened,
      )
      const whole = keys(await readAll(reader))
      expect(new Set(whole).size).toBe(240)
      const steps = fc.array(fc.integer({ min: 1, max: 120 }), { minLength: 1, maxLength: 6 })
      await expectAnySplit(reader, whole, steps, 8)
    })

    test('can be taken by key, looked up again by key, and in the order of the query', async () => {
      await using opened = await openDatabase()
      await cases(opened, 300)
      const source = postgres.rows({
        query: sql`select * from cases where court <> 'c0' order by decided desc`,
        key: 'id',
      })
      await using reader = await open(source, opened)
      expect(keys(await readAll(reader, { only: ['200', '7', '3', '999'] }))).toEqual(['7', '200'])
      expect(await readAll(reader, { only: [] })).toEqual([])
      expect(keys(await readAll(reader, { order: 'given', limit: 3 }))).toEqual(['299', '298', '296'])
      expect(keys(await readAll(reader, { order: 'given' }))).toHaveLength(200)
      const now = await reader.reread?.(['7', '3', '200', '999'])
      expect([...(now ?? [])].map(([key, row]) => [key, row['court']])).toEqual(
        expect.arrayContaining([
          ['7', 'c1'],
          ['200', 'c2'],
        ]),
      )
      expect(now?.size).toBe(2)
    })

    test('are limited to those that the order of the query puts first, also over a resumption', async () => {
      await using opened = await openDatabase()
      await cases(opened, 300)
      const source = postgres
        .rows({ query: sql`select * from cases order by decided desc limit 200`, key: 'id' })
        .limit(100)
        .limit(120)
      await using reader = await open(source, opened)
      expect(await reader.count()).toBe(100)
      expect(keys(await readAll(reader))).toEqual(
        Array.from({ length: 100 }, (_, index) => String(index + 201)),
      )
      expect(keys(await readAll(reader, { limit: 2 }))).toEqual(['299', '300'])
      const [first] = await Array.fromAsync(reader.read({ ...all, limit: 10 }))
      const after = first?.cursorAt(3) ?? null
      expect(keys(await readAll(reader, { after, limit: 6 }))).toEqual([
        '295',
        '296',
        '297',
        '298',
        '299',
        '300',
      ])
      const [whole] = await Array.fromAsync(reader.read(all))
      await opened.database.exec('delete from cases where id between 201 and 210')
      expect(await readAll(reader, { after: whole?.cursorAt(9) ?? null })).toHaveLength(90)
      await using unordered = await open(
        postgres.rows({ query: sql`select * from cases`, key: 'id' }).limit(5),
        opened,
      )
      expect(keys(await readAll(unordered))).toEqual(['1', '2', '3', '4', '5'])
    })

    test('of a query with two columns of one name are refused, with their names', async () => {
      await using opened = await openDatabase()
      await opened.database.exec(
        `create table a (id int, ans text, "Odd Name" text); create table b (aid int, ans text, "Odd Name" text)`,
      )
      const joined = sql`select a.*, b.* from a join b on b.aid = a.id`
      await using reader = await open(postgres.rows({ query: joined, key: 'id' }), opened)
      for (const act of [() => reader.check(), () => readAll(reader)])
        await expect(act()).rejects.toMatchObject({
          code: 'E_SOURCE_QUERY',
          message: 'The query has more than one column named "ans", "Odd Name"',
          fix: expect.stringContaining('b."ans" as other_name'),
        })
    })

    test('without a key, with a key twice or against the schema become problems, once each', async () => {
      await using opened = await openDatabase()
      await opened.database.exec(
        `create table odd (id int, n int); insert into odd values (1, 1), (null, 2), (2, null), (3, 3), (3, 4), (null, 5)`,
      )
      const row = z.object({ id: z.number(), n: z.number() })
      await using reader = await open(
        postgres.rows({ query: sql`select * from odd`, key: 'id', row }),
        opened,
      )
      await reader.check()
      const records = await readAll(reader)
      expect(records.map(({ key, problem }) => [key, problem?.slice(0, 27) ?? null])).toEqual([
        ['1', null],
        ['2', 'The row does not fit its sc'],
        ['3', null],
        ['3 (again 1)', 'The key "3" is not unique: '],
        ['(no key 1)', 'The row has no key: id is n'],
        ['(no key 2)', 'The row has no key: id is n'],
      ])
      expect(records[1]?.problem).toContain('n: ')
      const [page] = await Array.fromAsync(reader.read({ ...all, limit: 2 }))
      expect(keys(await readAll(reader, { after: page?.cursorAt(1) ?? null }))).toEqual([
        '3',
        '3 (again 1)',
        '(no key 1)',
        '(no key 2)',
      ])
    })

    test('come in pages that weigh about the same however long the rows are', async () => {
      await using opened = await openDatabase()
      await opened.database.exec(
        `create table big (id int primary key, body text); insert into big select i, repeat(md5(i::text), 3000) from generate_series(1, 120) i`,
      )
      await using reader = await open(postgres.rows({ query: sql`select * from big`, key: 'id' }), opened)
      const pages = await Array.fromAsync(reader.read(all))
      expect(
        pages
          .map(({ records }) => records.length)
          .slice(1, -1)
          .every((count) => count >= 4 && count <= 6),
      ).toBe(true)
      expect(pages.flatMap(({ records }) => records)).toHaveLength(120)
      expect(new Set(pages.map(({ mark }) => mark)).size).toBe(1)
      expect(pages[0]?.mark).toMatch(/^\w+\/\d+\/\d+$/)
    })

    test('give the same sample again, from all over the table', async () => {
      await using opened = await openDatabase()
      await cases(opened, 2000)
      await using reader = await open(postgres.rows({ query, key: 'id' }), opened)
      const sample = await reader.sample(100)
      expect(sample).toHaveLength(100)
      expect(await reader.sample(100)).toEqual(sample)
      const ids = keys(sample).map(Number)
      expect(Math.min(...ids)).toBeLessThan(300)
      expect(Math.max(...ids)).toBeGreaterThan(1700)
      expect(await reader.sample(1)).toHaveLength(1)
      expect(await reader.sample(5000)).toHaveLength(2000)
    })

    test('name the tables that they are made of, and only a plain one once', async () => {
      await using opened = await openDatabase()
      await cases(opened, 10)
      await opened.database.exec(
        'create view seen as select id, body from cases; create table other (id int, case_id int)',
      )
      const tables = async (
        query: Parameters<typeof postgres.rows>[0]['query'],
        key = 'id',
      ): Promise<readonly string[]> => {
        await using reader = await open(postgres.rows({ query, key }), opened)
        return (await reader.tables?.()) ?? []
      }
      expect(await tables(sql`select id, body from cases where court = ${'c1'}`)).toEqual(['public.cases'])
      expect(await tables(sql`select c.id, body from public.cases as c order by body`)).toEqual([
        'public.cases',
      ])
      expect(await tables(sql`select * from seen`)).toEqual(['public.cases'])
      expect(await tables(sql`select id + 1 as id, body from cases`)).toHaveLength(2)
      expect(
        await tables(sql`select a.id, b.body from cases a join cases b on b.id = a.id + 1`),
      ).toHaveLength(2)
      expect(
        new Set(await tables(sql`select c.id, o.id as o from cases c join other o on o.case_id = c.id`)),
      ).toEqual(new Set(['public.cases', 'public.other']))
      expect(await tables(sql`select id, (select max(id) from other) as m from cases`)).toHaveLength(2)
    })
  })

  describe(`a query that cannot work on ${name}`, () => {
    test('is refused with its place, hint and columns before a row is read', async () => {
      await using opened = await openDatabase()
      await cases(opened, 5)
      const check = async (source: Source<unknown>): Promise<unknown> => {
        await using reader = await open(source, opened)
        return await reader.check().catch((thrown: unknown) => thrown)
      }
      expect(
        await check(postgres.rows({ query: sql`select id,\n  bodyy from cases`, key: 'id' })),
      ).toMatchObject({
        code: 'E_SOURCE_QUERY',
        message: expect.stringMatching(/42703.*at line 2, column 3: bodyy from cases/),
        fix: expect.stringContaining('cases.body'),
      })
      expect(
        await check(postgres.rows({ query: sql`delete from cases returning id`, key: 'id' })),
      ).toMatchObject({ code: 'E_SOURCE_QUERY' })
      expect(await check(postgres.rows({ query, key: 'ident' }))).toMatchObject({
        code: 'E_SOURCE_KEY',
        message: expect.stringContaining('Did you mean id'),
        fix: expect.stringContaining('id, court, body'),
      })
      expect(
        await check(postgres.rows({ query, key: 'id', row: z.object({ title: z.string() }) })),
      ).toMatchObject({
        code: 'E_SOURCE_ROW',
        message: expect.stringContaining('title'),
      })
      expect(
        await check(postgres.rows({ query: sql`select 1; select 2`, key: 'id' })).catch(
          (thrown: unknown) => thrown,
        ),
      ).toMatchObject({
        code: 'E_SOURCE_QUERY',
      })
    })

    test('because it writes through a function cannot write', async () => {
      await using opened = await openDatabase()
      await opened.database.exec(
        `create table log (id int); create function note() returns int language sql volatile as 'insert into log values (1) returning id'`,
      )
      await using reader = await open(postgres.rows({ query: sql`select note() as id`, key: 'id' }), opened)
      await expect(readAll(reader)).rejects.toMatchObject({
        code: 'E_SOURCE_QUERY',
        message: expect.stringContaining('25006'),
      })
      expect(await opened.database.query(sql`select * from log`)).toEqual([])
    })
  })
}

test('a server that ends the connection in the middle of a reading costs nothing but a pause', async () => {
  const server = databases.find(({ name }) => name === 'PostgreSQL')
  await using opened = await server!.open()
  await opened.database.exec(
    `create table long (id int primary key, body text); insert into long select i, repeat('x', 2000) from generate_series(1, 4000) i`,
  )
  await using reader = await open(postgres.rows({ query: sql`select * from long`, key: 'id' }), opened)
  const seen: string[] = []
  for await (const page of reader.read(all)) {
    seen.push(...keys(page.records))
    if (seen.length < 1500) {
      await opened.database.query(
        sql`select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()`,
      )
    }
  }
  expect(seen).toEqual(Array.from({ length: 4000 }, (_, index) => String(index + 1)))
})
