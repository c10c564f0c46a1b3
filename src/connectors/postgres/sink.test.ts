import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { databases } from '../../../test/support/databases.ts'
import { cases, free, headnotes, kinds, markNow, openCases } from '../../../test/support/sink-cases.ts'
import { openSink } from '../open-sink.ts'
import { sql } from '../database/sql.ts'

const everyValue = {
  headnote: 'A “quoted” note 中文 \\u0000 is text',
  cost: 1.239,
  topics: ['a', 'b"c', ''],
  meta: { nested: [1, { x: null }] },
  raw: [1, 2],
  short: 'short',
  decided: new Date('2026-01-31T10:20:30Z'),
  ref: 'b00e72e1-c419-5305-9377-1fc9b27d04ee',
  verdict: 'won',
  ok: true,
  bytes: Buffer.from('hi'),
  positive: 9n,
}

for (const { name, open: openDatabase } of databases) {
  describe(`a table of ${name}`, () => {
    test('takes values of every type, and takes them only once', async () => {
      await using opened = await openDatabase()
      await cases(opened, 3)
      await using sink = await openCases(opened, { table: 'cases' })
      const items = [1, 2, 9].map((id) => ({ key: String(id), values: everyValue }))
      expect(kinds(await sink.write(items, free))).toEqual(['written', 'written', 'missing'])
      expect(kinds(await sink.write(items, free))).toEqual(['same', 'same', 'missing'])
      const rows = await opened.database.query(sql`select * from cases order by id`)
      expect(rows[1]).toEqual({
        ...everyValue,
        id: 2,
        twice: 4,
        cost: '1.24',
        decided: '2026-01-31T10:20:30Z',
        bytes: '\\x6869',
        positive: 9,
        touched: null,
      })
      expect(rows[2]).toMatchObject({ id: 3, headnote: null })
      const nulls = Object.fromEntries(Object.keys(everyValue).map((column) => [column, null]))
      expect(kinds(await sink.write([{ key: '1', values: nulls }], free))).toEqual(['written'])
      expect(await opened.database.query(sql`select * from cases where id = 1`)).toEqual([
        { ...nulls, id: 1, twice: 2, touched: null },
      ])
    })

    test('takes values of odd types, and knows them again', async () => {
      await using opened = await openDatabase()
      await opened.database.exec(`
        create domain note as text check (value <> ''); create type pair as (a int, b text);
        create table cases (id int primary key, p point, b box, js json[], n note, r int4range, c pair, cs pair[], i interval,
          ip inet, bits bit(3), ch char(3), day date, f float4, x xml, v tsvector, "Odd ""name" text, ns note[])`)
      await opened.database.exec('insert into cases (id) values (1), (2)')
      await using sink = await openCases(opened, { table: 'cases' })
      const values = {
        p: '(1,2)',
        b: '(2,2),(0,0)',
        js: [{ a: 1 }, [2]],
        n: 'x',
        r: '[1,5)',
        c: { a: 1, b: 'y' },
        cs: [{ a: 1, b: 'y' }],
        i: '5 days',
        ip: '10.0.0.1',
        bits: '101',
        ch: 'ab',
        day: new Date('2026-01-31T10:00:00Z'),
        f: 0.1,
        x: '<a/>',
        v: 'some words',
        'Odd "name': 'z',
        ns: ['a', 'b'],
      }
      const item = { key: '1', values }
      await sink.dryRun(item)
      expect(kinds(await sink.write([item], free))).toEqual(['written'])
      expect(kinds(await sink.write([item], free))).toEqual(['same'])
      const [row] = await opened.database.query(sql`select * from cases where id = 1`)
      expect(row).toMatchObject({
        p: '(1,2)',
        js: [{ a: 1 }, [2]],
        r: '[1,5)',
        c: '(1,y)',
        day: '2026-01-31',
        'Odd "name': 'z',
      })
    })

    test('ends the same in any order, any split and any number of repetitions', async () => {
      await using opened = await openDatabase()
      await cases(opened, 40)
      await using sink = await openCases(opened, { table: 'cases' })
      const items = headnotes(Array.from({ length: 40 }, (_, index) => index + 1))
      const [expected] = await opened.database.query(
        sql`select string_agg(id || ':note ' || id, ',' order by id) as all from cases`,
      )
      const plan = fc.tuple(
        fc.shuffledSubarray(items, { minLength: 40 }),
        fc.array(fc.integer({ min: 1, max: 15 }), { minLength: 1 }),
        fc.boolean(),
      )
      await fc.assert(
        fc.asyncProperty(plan, async ([shuffled, sizes, twice]) => {
          await opened.database.exec('update cases set headnote = null')
          for (let start = 0, step = 0; start < shuffled.length; step += 1) {
            const chunk = shuffled.slice(start, start + (sizes[step % sizes.length] ?? 1))
            await sink.write(twice ? [...chunk, ...chunk] : chunk, free)
            if (twice) expect(new Set(kinds(await sink.write(chunk, free)))).toEqual(new Set(['same']))
            start += chunk.length
          }
          const [now] = await opened.database.query(
            sql`select string_agg(id || ':' || headnote, ',' order by id) as all from cases`,
          )
          expect(now).toEqual(expected)
        }),
        { numRuns: 10 },
      )
    })

    test('writes items the same that were packed long before, good ones and bad ones', async () => {
      await using opened = await openDatabase()
      await cases(opened, 4)
      await using sink = await openCases(opened, { table: 'cases' })
      const items = [
        ...headnotes([2, 1], 'café — “\u2028”'),
        { key: '3', values: { headnote: 'a\0b' } },
        { key: '4', values: { nothing: 1 } },
        { key: '1', values: { headnote: 'again' } },
      ]
      const packed = (await sink.pack?.(items)) ?? []
      expect(packed.map(({ key, values }) => ({ key, values }))).toEqual(
        items.map(({ key }) => ({ key, values: {} })),
      )
      expect(kinds(await sink.write(packed, free))).toEqual([
        'written',
        'written',
        'rejected',
        'rejected',
        'written',
      ])
      expect(kinds(await sink.write(items, free))).toEqual(['same', 'same', 'rejected', 'rejected', 'same'])
      await using other = await openCases(opened, { table: 'cases' })
      await expect(other.write(packed, free)).rejects.toMatchObject({ code: 'E_DATABASE' })
    })

    test('keeps a row that was touched since the mark, by whatever, unless the caller has looked', async () => {
      await using opened = await openDatabase()
      await cases(opened, 6)
      await using sink = await openCases(opened, { table: 'public.cases' })
      const mark = await markNow(opened)
      await opened.database.exec(
        `update cases set touched = 1 where id = 2; update cases set headnote = 'note 3' where id = 3; delete from cases where id = 4`,
      )
      const items = headnotes([1, 2, 3, 4, 5])
      expect(kinds(await sink.write(items, { mark, chunk: 'a' }))).toEqual([
        'written',
        'changed',
        'same',
        'missing',
        'written',
      ])
      expect(kinds(await sink.write(items, { mark, chunk: 'a' }))).toEqual([
        'same',
        'changed',
        'same',
        'missing',
        'same',
      ])
      expect(kinds(await sink.write(items, free))).toEqual(['same', 'written', 'same', 'missing', 'same'])
      const later = await markNow(opened)
      expect(kinds(await sink.write(headnotes([1, 2, 6], 'new'), { mark: later, chunk: 'b' }))).toEqual([
        'written',
        'written',
        'written',
      ])
    })

    test('reports every row as changed when its versions cannot tell what happened to the source', async () => {
      await using opened = await openDatabase()
      await cases(opened, 3)
      await opened.database.exec(`update cases set headnote = 'note 2' where id = 2`)
      const mark = await markNow(opened)
      const expected = ['changed', 'same', 'missing']
      for (const tables of [
        [],
        ['public.other'],
        ['public.cases', 'public.cases'],
        ['public.cases', 'public.other'],
      ]) {
        await using sink = await openCases(opened, { table: 'cases' }, tables)
        expect(kinds(await sink.write(headnotes([1, 2, 7]), { mark, chunk: 'a' }))).toEqual(expected)
      }
      await using sink = await openCases(opened, { table: 'cases' })
      for (const foreign of ['12:34', mark.replace(/^\w+/, '42'), 'nonsense']) {
        expect(kinds(await sink.write(headnotes([1, 2, 7]), { mark: foreign, chunk: 'a' }))).toEqual(expected)
      }
      expect(kinds(await sink.write(headnotes([1, 2, 7]), { mark, chunk: 'a' }))).toEqual([
        'written',
        'same',
        'missing',
      ])
    })

    test('refuses only the rows whose values it cannot take', async () => {
      await using opened = await openDatabase()
      await cases(opened, 60)
      await using sink = await openCases(opened, { table: 'cases' })
      const bad = new Map<number, Readonly<Record<string, unknown>>>([
        [3, { positive: -1 }],
        [10, { short: 'too long' }],
        [11, { cost: 'abc' }],
        [25, { headnote: 'a\0b' }],
        [26, { headnote: 'half \ud800' }],
        [27, { meta: { deep: 'a\0b' } }],
        [28, { cost: Number.NaN }],
        [29, { headnote: undefined }],
        [30, { decided: new Date('x') }],
        [31, { verdict: 'drawn' }],
        [44, { nosuch: 1 }],
        [45, { twice: 1 }],
      ])
      const items = Array.from({ length: 60 }, (_, index) => ({
        key: String(index + 1),
        values: { headnote: `note ${index + 1}`, positive: 1, short: 'ok', ...bad.get(index + 1) },
      }))
      const results = await sink.write(
        [...items, { key: 'x', values: { headnote: 'a' } }, { key: '1\u001f2', values: { headnote: 'a' } }],
        free,
      )
      expect(results.flatMap((result, index) => (result.kind === 'rejected' ? [index + 1] : []))).toEqual([
        ...bad.keys(),
        61,
        62,
      ])
      const reasons = results.map((result) => (result.kind === 'rejected' ? result.reason : ''))
      expect(reasons[2]).toMatch(/^23514: .*cases_positive_check/)
      expect(reasons[2]).not.toContain('note 3')
      expect(reasons[9]).toMatch(/^22001: /)
      expect(reasons[28]).toContain('headnote')
      expect(reasons[43]).toContain('nosuch')
      const [count] = await opened.database.query(
        sql`select count(*) as count from cases where headnote is not null`,
      )
      expect(count).toEqual({ count: 48 })
      await opened.database.exec(
        'alter table cases add foreign key (touched) references cases (id) deferrable initially deferred',
      )
      const late = [7, 8].map((id) => ({ key: String(id), values: { touched: id === 7 ? 999 : 1 } }))
      expect(kinds(await sink.write(late, free))).toEqual(['rejected', 'written'])
    })

    test('does not call written what a trigger or a policy has kept away', async () => {
      await using opened = await openDatabase()
      await cases(opened, 4)
      await opened.database.exec(`
        create function keep() returns trigger language plpgsql as $$ begin
          if new.id = 2 then return null; end if;
          if new.id = 3 then raise exception 'case % is sealed', new.id; end if;
          return new; end $$;
        create trigger keep before update on cases for each row execute function keep()`)
      await using sink = await openCases(opened, { table: 'cases' })
      const results = await sink.write(headnotes([1, 2, 3, 4]), free)
      expect(kinds(results)).toEqual(['written', 'rejected', 'rejected', 'written'])
      expect(results[1]).toMatchObject({ reason: expect.stringContaining('trigger') })
      expect(results[2]).toMatchObject({ reason: 'P0001: case 3 is sealed' })
    })

    test('stops the run when the table is not the one that was checked', async () => {
      await using opened = await openDatabase()
      await cases(opened, 2)
      await using sink = await openCases(opened, { table: 'cases' })
      await sink.write(headnotes([1]), free)
      await opened.database.exec('alter table cases rename column headnote to note')
      await expect(sink.write(headnotes([1]), free)).rejects.toMatchObject({ code: 'E_SINK_COLUMN' })
      await expect(sink.write(headnotes([1]), free)).rejects.toMatchObject({
        code: 'E_SINK_COLUMN',
        fix: expect.stringContaining('add column "headnote" text'),
      })
      await opened.database.exec('drop table cases')
      await expect(sink.write([{ key: '1', values: { short: 'x' } }], free)).rejects.toMatchObject({
        code: 'E_SINK_TABLE',
      })
    })
  })

  describe(`a rehearsal on ${name}`, () => {
    test('says of a view of several tables that nothing can be written to it, and what to name', async () => {
      await using opened = await openDatabase()
      await opened.database
        .exec(`create table own (id int primary key, t text); create table shops (id int primary key);
        create view "Shop cases" as select own.id, own.t from own join shops using (id);
        create view open_cases as select id, t from own`)
      const definition = { key: 'id' }
      await using joined = await openCases(opened, { table: 'Shop cases', ...definition })
      await expect(joined.dryRun({ key: '1', values: { t: 'x' } })).rejects.toMatchObject({
        code: 'E_SINK_TABLE',
        message: expect.stringMatching(
          /^The table Shop cases of the sink is a view that cannot be written to/,
        ),
        fix: expect.stringMatching(/^Name the table that holds the rows/),
      })
      await using simple = await openCases(opened, { table: 'open_cases', ...definition })
      await simple.dryRun({ key: '1', values: { t: 'x' } })
    })

    test('finds what cannot work, with the way to fix it, and writes nothing', async () => {
      await using opened = await openDatabase()
      await cases(opened, 2)
      await opened.database.exec('create table "Odd Cases" (id int, note text)')
      const dryRun = async (
        definition: Readonly<Record<string, unknown>>,
        values: Readonly<Record<string, unknown>>,
        key = '1',
      ): Promise<unknown> => {
        await using sink = await openCases(opened, definition)
        return await sink.dryRun({ key, values }).then(
          () => 'fine',
          (thrown: unknown) => thrown,
        )
      }
      expect(await dryRun({ table: 'cases' }, everyValue)).toBe('fine')
      expect(await dryRun({ table: 'cases' }, everyValue, '')).toBe('fine')
      expect(await dryRun({ table: 'Odd Cases' }, { note: 'x' })).toBe('fine')
      expect(await dryRun({ table: 'case' }, {})).toMatchObject({
        code: 'E_SINK_TABLE',
        message: expect.stringContaining('Did you mean cases'),
      })
      expect(await dryRun({ table: 'cases' }, { headnot: 'x' })).toMatchObject({
        code: 'E_SINK_COLUMN',
        message: expect.stringMatching(/Did you mean headnote\?.*It has: id, headnote/),
        fix: 'alter table "public"."cases" add column "headnot" text;',
      })
      for (const [value, type] of [
        [1, 'bigint'],
        [0.5, 'double precision'],
        [true, 'boolean'],
        [['a'], 'text[]'],
        [[1], 'jsonb'],
        [{}, 'jsonb'],
        [new Date(0), 'timestamptz'],
      ] as const) {
        expect(await dryRun({ table: 'cases' }, { extra: value })).toMatchObject({
          fix: `alter table "public"."cases" add column "extra" ${type};`,
        })
      }
      expect(await dryRun({ table: 'cases' }, { twice: 4 })).toMatchObject({
        code: 'E_SINK_COLUMN',
        message: expect.stringContaining('generated'),
      })
      expect(await dryRun({ table: 'cases' }, { cost: 'much' })).toMatchObject({
        code: 'E_SINK_VALUE',
        message: expect.stringContaining('"cost" (numeric(10,2))'),
      })
      expect(await dryRun({ table: 'cases' }, { headnote: undefined })).toMatchObject({
        code: 'E_SINK_VALUE',
        message: expect.stringContaining('headnote: is undefined'),
      })
      expect(await dryRun({ table: 'cases' }, { headnote: 'x' }, 'abc')).toMatchObject({
        code: 'E_SINK_KEY',
        message: expect.stringContaining('"id" (integer)'),
      })
      expect(await dryRun({ table: 'cases', key: 'case_id' }, { headnote: 'x' })).toMatchObject({
        code: 'E_SINK_KEY',
      })
      expect(await dryRun({ upsert: 'cases', key: 'ref' }, { ref: everyValue.ref })).toMatchObject({
        code: 'E_SINK_KEY',
        fix: 'create unique index concurrently on "public"."cases" ("ref");',
      })
      expect(await dryRun({ upsert: 'cases', key: 'id' }, { headnote: 'x' })).toMatchObject({
        code: 'E_SINK_KEY',
        message: expect.stringContaining('returns no value for the key column "id"'),
      })
      expect(await dryRun({ upsert: 'cases', key: 'id' }, { id: 7, headnote: 'x' })).toBe('fine')
      expect(
        await opened.database.query(sql`select count(*) as count, count(headnote) as notes from cases`),
      ).toEqual([{ count: 2, notes: 0 }])
    })
  })
}

test('a sink of no known shape is refused', () => {
  const context = { baseDir: '/', databaseUrl: null, sourceKey: ['id'], sourceTables: [] }
  for (const definition of [{}, { tabel: 'x' }, { table: 'a', jsonl: 'b' }]) {
    expect(() => openSink(definition, context)).toThrow(/exactly one of /)
  }
})
