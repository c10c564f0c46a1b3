import { describe, expect, test } from 'vitest'
import { databases, type TestDatabase } from '../../../test/support/databases.ts'
import { free } from '../../../test/support/sink-cases.ts'
import type { Sink } from '../../ports/sink.ts'
import { rawSql, sql } from '../database/sql.ts'
import { openSink } from '../open-sink.ts'
import { roundingBy } from './altered-values.ts'

/** A type, what is given to a column of it, and what is said. */
const altered: readonly (readonly [type: string, given: unknown, words: string])[] = [
  ['numeric(6,2)', '1.239', 'numeric(6,2) keeps 2 decimals'],
  ['numeric(6,2)', '12.39e-1', 'keeps 2 decimals'],
  ['numeric(3,-2)', 1234, 'keeps less'],
  ['cents', '1.239', 'numeric(6,2) keeps 2 decimals'],
  ['numeric(6,2)[]', ['1.10', ['1.239']], 'keeps 2 decimals'],
  ['real', 16_777_217, 'does not hold exactly: 16777216'],
  ['double precision', '9007199254740993', 'does not hold exactly: 9007199254740992'],
  ['double precision', 2n ** 53n + 1n, 'does not hold exactly'],
  ['date', '2026-01-31T10:20:30Z', 'keeps no time'],
  ['date', '01/02/2026', 'tell the day from the month'],
  ['date', 'tomorrow', 'another moment'],
  ['time', '10:20:30.1234567', 'keeps 6 decimals of a second'],
  ['time(0)', '10:20:30.6', 'keeps 0 decimals of a second'],
  ['time', '10:20:30+02', 'does not keep +02'],
  ['timestamp', '2026-01-31T10:20:30+05:00', 'does not keep +05:00'],
  ['timestamp', '2026-01-31 10:20:30 CET', 'does not keep CET'],
  ['timestamp', 'now', 'another moment'],
  ['timestamptz', '2026-01-31T10:20:30.123456789Z', 'keeps 6 decimals of a second'],
  ['timestamptz(3)[]', ['2026-01-31T10:20:30.1234Z'], 'keeps 3 decimals of a second'],
  ['interval(0)', '00:00:01.6', 'keeps 0 decimals of a second'],
  ['varchar(3)', 'abc  ', 'cuts the blanks'],
  ['short', 'é𠀀c  ', 'cuts the blanks'],
  ['"char"', 'xy', 'is longer'],
  ['name', 'n'.repeat(64), 'is longer'],
]

/** A type, what is given, and what PostgreSQL shows then. */
const held: readonly (readonly [type: string, given: unknown, shown: string])[] = [
  ['numeric(6,2)', '1.1000', '1.10'],
  ['numeric(6,2)', '1239e-2', '12.39'],
  ['numeric(6,2)', 1.239, '1.24'],
  ['numeric(3,-2)', 1200, '1200'],
  ['numeric', '1.2390', '1.2390'],
  ['real', 16_777_216, '1.6777216e+07'],
  ['double precision', '0.1', '0.1'],
  ['date', '2026-01-31T00:00:00Z', '2026-01-31'],
  ['date', new Date('2026-01-31T10:20:30Z'), '2026-01-31'],
  ['timestamp', '2026-01-31T10:20:30Z', '2026-01-31 10:20:30'],
  ['timestamp', '2026-01-31T10:20:30.120000000', '2026-01-31 10:20:30.12'],
  ['timestamp(0)', new Date('2026-01-31T10:20:30.600Z'), '2026-01-31 10:20:31'],
  ['varchar(3)', 'é𠀀 ', 'é𠀀 '],
  ['char(3)', 'ab    ', 'ab'],
]

async function rowOf(
  { database, url }: TestDatabase,
  table: string,
  type: string,
): Promise<{ readonly sink: Sink; readonly shown: () => Promise<unknown> }> {
  await database.exec(
    `create table ${table} (id int primary key, v ${type}); insert into ${table} values (1)`,
  )
  const sink = await openSink(
    { table },
    { baseDir: '/', databaseUrl: url, sourceKey: ['id'], sourceTables: [] },
  )
  return {
    sink,
    shown: async () => (await database.query(sql`select v::text as v from ${rawSql(table)}`))[0]?.['v'],
  }
}

const types =
  'create domain cents as numeric(6, 2); create domain tiny as varchar(3); create domain short as tiny'

for (const { name, open } of databases) {
  describe(`a column of ${name}`, () => {
    test('that would make another value of one refuses it, before money where the row has it, and holds all else', async () => {
      await using opened = await open()
      await opened.database.exec(types)
      for (const [index, [type, v, words]] of altered.entries()) {
        const { sink, shown } = await rowOf(opened, `a${index}`, type)
        await using _ = sink
        const item = { key: '1', values: { v } }
        const reason = expect.stringContaining(words)
        expect(await sink.problems?.([item]), type).toEqual([reason])
        expect(await sink.write([item], free), type).toEqual([{ kind: 'rejected', reason }])
        await expect(sink.dryRun(item)).rejects.toMatchObject({ code: 'E_SINK_VALUE', message: reason })
        expect(await shown()).toBe(null)
      }
      for (const [index, [type, v, text]] of held.entries()) {
        const { sink, shown } = await rowOf(opened, `h${index}`, type)
        await using _ = sink
        expect(await sink.write([{ key: '1', values: { v } }], free), type).toEqual([{ kind: 'written' }])
        expect(await shown(), type).toBe(text)
        expect(await sink.write([{ key: '1', values: { v } }], free), type).toEqual([{ kind: 'same' }])
      }
    })

    test('that rounds, or a trigger changes, is told by a rehearsal', async () => {
      await using opened = await open()
      await opened.database
        .exec(`create table cases (id int primary key, v text, w text, price numeric(6, 2));
        insert into cases (id) select i from generate_series(1, 4) as i;
        create function changes() returns trigger language plpgsql as $$ begin
          if new.id = 2 then return null; end if;
          if new.id = 3 then new.id = 103; end if;
          new.v = upper(new.v); return new; end $$;
        create trigger changes before insert or update on cases for each row execute function changes();
        create table behind (id int primary key, v text); insert into behind values (1);
        create view seen as select * from behind;
        create function elsewhere() returns trigger language plpgsql as $$ begin return new; end $$;
        create trigger elsewhere instead of update on seen for each row execute function elsewhere()`)
      const context = { baseDir: '/', databaseUrl: opened.url, sourceKey: ['id'], sourceTables: [] }
      await using sink = await openSink({ table: 'cases' }, context)
      const told = (id: number, values: Readonly<Record<string, unknown>>): Promise<unknown> =>
        sink.alters?.({ key: String(id), values }) ?? Promise.resolve(null)
      expect(await told(1, { v: 'abc', w: 'abc' })).toEqual([
        'public.cases holds something else than the answer in v: a trigger or a rule changes it',
      ])
      expect(await told(1, { v: 'ABC', w: 'abc' })).toEqual([])
      expect(await told(2, { w: 'abc' })).toEqual([expect.stringContaining('was left as it was')])
      expect(await told(3, { w: 'abc' })).toEqual([expect.stringContaining('no longer found by its key')])
      expect(await told(4, { price: 4 / 3 })).toEqual([
        expect.stringContaining(
          'price: 1.3333333333333333 is rounded, as numeric(6,2) keeps 2 of its decimals',
        ),
      ])
      await using upserting = await openSink({ upsert: 'cases', key: 'id' }, context)
      expect(await upserting.alters?.({ key: 'x', values: { id: 9, v: 'abc' } })).toEqual([
        expect.stringContaining('something else than the answer in v'),
      ])
      await using viewed = await openSink({ table: 'seen' }, context)
      expect(await viewed.alters?.({ key: '1', values: { v: 'abc' } })).toEqual([
        expect.stringContaining('something else than the answer in v'),
      ])
      expect(
        await opened.database.query(sql`select count(*)::int as n from cases where v is not null`),
      ).toEqual([{ n: 0 }])
    })
  })
}

test('a number is rounded where it has more decimals than the scale, whatever its form', () => {
  const rounding = roundingBy('numeric(10,4)')
  expect([0.0001, 12_345.6789, 1e21, -0.5, 0, '0.00001', null].map((value) => rounding?.(value))).toEqual(
    Array.from({ length: 7 }, () => null),
  )
  expect(rounding?.(1e-7)).toContain('1e-7 is rounded')
  expect(roundingBy('numeric(10,4)[]')?.([1, 0.123456])).toContain('0.123456 is rounded')
  expect(roundingBy('numeric')).toBe(null)
})
