import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, test } from 'vitest'
import type { Sink } from '../../ports/sink.ts'
import { openSink } from '../open-sink.ts'

const free = { mark: null, chunk: 'c' }

interface Place extends AsyncDisposable {
  readonly database: DatabaseSync
  open(definition: Readonly<Record<string, unknown>>, sourceKey?: readonly string[]): Promise<Sink>
}

async function place(setup: string): Promise<Place> {
  const path = await mkdtemp(join(tmpdir(), 'offpeak-sqlite-'))
  const database = new DatabaseSync(join(path, 'cases.db'))
  database.exec(setup)
  return {
    database,
    open: (definition, sourceKey = ['id']) =>
      openSink(
        { database: 'cases.db', ...definition },
        { baseDir: path, databaseUrl: null, sourceKey, sourceTables: [] },
      ),
    async [Symbol.asyncDispose]() {
      database.close()
      await rm(path, { recursive: true, force: true })
    },
  }
}

describe('a SQLite sink', () => {
  test('that is a view says so', async () => {
    await using opened = await place(
      'create table cases (id integer primary key, t text); create view open_cases as select * from cases',
    )
    await using sink = await opened.open({ table: 'open_cases' })
    await expect(sink.dryRun({ key: '1', values: { t: 'x' } })).rejects.toMatchObject({
      code: 'E_SINK_TABLE',
      message: expect.stringMatching(/^The table open_cases of the sink is a view/),
    })
  })

  test('stores every kind of value in a form that a second writing takes for the same', async () => {
    await using opened =
      await place(`create table cases (id integer primary key, t text, n, r real, j text, b blob, d text, ok);
      insert into cases (id) values (1)`)
    await using sink = await opened.open({ table: 'cases' })
    const values = {
      t: 5,
      n: 5,
      r: 5,
      j: { a: [1, 'é'] },
      b: new Uint8Array([0, 255]),
      d: new Date(0),
      ok: true,
    }
    expect(await sink.write([{ key: '1', values }], free)).toEqual([{ kind: 'written' }])
    expect(await sink.write([{ key: '1', values }], free)).toEqual([{ kind: 'same' }])
    expect({ ...opened.database.prepare('select *, typeof(n) as type from cases').get() }).toEqual({
      id: 1,
      t: '5',
      n: 5,
      r: 5,
      j: '{"a":[1,"é"]}',
      b: new Uint8Array([0, 255]),
      d: '1970-01-01T00:00:00.000Z',
      ok: 1,
      type: 'integer',
    })
    expect(
      await sink.write([{ key: '1', values: { j: new Float32Array([0.5, 1]), n: 2n ** 62n } }], free),
    ).toEqual([{ kind: 'written' }])
    expect(opened.database.prepare('select j from cases').get()?.['j']).toBe('[0.5,1]')
  })

  test('rejects alone what the database or SQLite itself refuses', async () => {
    await using opened = await place(`create table courts (code text primary key);
      create table cases (id integer primary key, n integer check (n > 0), court text references courts) strict;
      insert into cases (id) values (1), (2), (3), (4), (5), (6), (7)`)
    await using sink = await opened.open({ table: 'cases' })
    const results = await sink.write(
      [
        { n: -1 },
        { n: 'x' },
        { court: 'none' },
        { n: NaN },
        { n: undefined },
        { n: 2n ** 64n },
        { n: 1 },
      ].map((values, index) => ({ key: String(index + 1), values })),
      free,
    )
    expect(results.map((result) => (result.kind === 'rejected' ? result.reason : result.kind))).toEqual([
      expect.stringContaining('CHECK constraint failed'),
      expect.stringContaining('cannot store TEXT value in INTEGER column cases.n'),
      expect.stringContaining('FOREIGN KEY constraint failed'),
      expect.stringContaining('n: is number NaN'),
      expect.stringContaining('n: is undefined'),
      expect.stringContaining('n: is bigint 18446744073709551616'),
      'written',
    ])
    await expect(sink.dryRun({ key: '1', values: { n: -1 } })).rejects.toMatchObject({
      code: 'E_SINK_VALUE',
      message: expect.stringContaining('CHECK constraint failed'),
    })
  })

  test('stores infinity as the number that it is', async () => {
    await using opened = await place(`create table cases (id integer primary key, r real);
      insert into cases (id) values (1)`)
    await using sink = await opened.open({ table: 'cases' })
    const items = [{ key: '1', values: { r: -Infinity } }]
    expect(await sink.write(items, free)).toEqual([{ kind: 'written' }])
    expect(await sink.write(items, free)).toEqual([{ kind: 'same' }])
    expect({ ...opened.database.prepare('select r from cases').get() }).toEqual({ r: -Infinity })
  })

  test('holds each value as it was given, or refuses one of which the column would make another', async () => {
    await using opened =
      await place(`create table cases (id integer primary key, i integer, n numeric, r real, t text, b blob, x);
      insert into cases (id) values (1)`)
    await using sink = await opened.open({ table: 'cases' })
    const kept = { i: '5', n: '1.10', r: '-Infinity', t: 0.1 + 0.2, b: '\\x00ff', x: '007' }
    expect(await sink.write([{ key: '1', values: kept }], free)).toEqual([{ kind: 'written' }])
    expect(await sink.write([{ key: '1', values: kept }], free)).toEqual([{ kind: 'same' }])
    expect({ ...opened.database.prepare('select i, n, r, t, hex(b) as b, x from cases').get() }).toEqual({
      i: 5,
      n: 1.1,
      r: -Infinity,
      t: '0.30000000000000004',
      b: '00FF',
      x: '007',
    })
    for (const [name, value, words] of [
      ['i', '007', 'makes the number 7'],
      ['i', '9223372036854775808', 'makes the number'],
      ['n', '12345678901234567.89', 'makes the number 12345678901234568'],
      ['n', '1e3', 'makes the number 1000'],
      ['r', '9007199254740993', 'makes the number 9007199254740992'],
      ['r', 2n ** 53n + 1n, 'does not hold exactly'],
    ] as const) {
      const item = { key: '1', values: { [name]: value } }
      const reason = expect.stringContaining(words)
      expect(await sink.problems?.([item])).toEqual([reason])
      expect(await sink.write([item], free)).toEqual([{ kind: 'rejected', reason }])
    }
  })

  test('tells in a rehearsal what a trigger makes of an answer', async () => {
    await using opened = await place(`create table cases (id integer primary key, t text, u text);
      insert into cases (id) values (1);
      create trigger changes after update on cases begin
        update cases set t = upper(t) where id = new.id and t <> upper(t); end`)
    await using sink = await opened.open({ table: 'cases' })
    expect(await sink.alters?.({ key: '1', values: { t: 'abc', u: 'abc' } })).toEqual([
      'cases holds something else than the answer in t: a trigger changes it',
    ])
    expect(await sink.alters?.({ key: '1', values: { u: 'abc' } })).toEqual([])
    expect({ ...opened.database.prepare('select t, u from cases').get() }).toEqual({ t: null, u: null })
  })

  test('tells texts apart that a collation takes for one, and rows that a trigger keeps', async () => {
    await using opened = await place(`create table cases (id integer primary key, t text collate nocase);
      create trigger kept before update on cases when old.id = 2 begin select raise(ignore); end;
      insert into cases values (1, 'abc'), (2, 'abc')`)
    for (const definition of [{ table: 'cases' }, { upsert: 'cases', key: 'id' }]) {
      await using sink = await opened.open(definition)
      opened.database.exec(`update cases set t = 'abc'`)
      const results = await sink.write(
        [1, 2].map((id) => ({
          key: String(id),
          values: { ...('upsert' in definition ? { id } : {}), t: 'ABC' },
        })),
        free,
      )
      expect(results).toEqual([
        { kind: 'written' },
        { kind: 'rejected', reason: expect.stringContaining('trigger') },
      ])
    }
    expect(
      opened.database
        .prepare('select t from cases')
        .all()
        .map((row) => row['t']),
    ).toEqual(['ABC', 'abc'])
  })

  test('finds rows by composite keys, by keys in columns without a type, and each key once', async () => {
    await using opened = await place(`create table parts (sku, n, note text, primary key (sku, n));
      insert into parts values ('a', 1, null), (7, '01', null)`)
    await using sink = await opened.open({ table: 'parts' }, ['sku', 'n'])
    const results = await sink.write(
      [
        { key: 'a\u001f1', values: { note: 'first' } },
        { key: '7\u001f01', values: { note: 'x' } },
        { key: '7\u001f1', values: { note: 'x' } },
        { key: 'a', values: { note: 'x' } },
        { key: 'a\u001f1', values: { note: 'last' } },
      ],
      free,
    )
    expect(results.map(({ kind }) => kind)).toEqual(['written', 'written', 'missing', 'rejected', 'written'])
    expect(
      opened.database
        .prepare('select note from parts')
        .all()
        .map((row) => row['note']),
    ).toEqual(['last', 'x'])
  })

  test('stops when a column of its key is renamed under a run, and writes to no row by the columns that are left', async () => {
    await using opened = await place(`create table parts (sku, locale, note text, primary key (sku, locale));
      insert into parts values ('a', 'de', null), ('b', 'de', null), ('b', 'fr', null)`)
    await using sink = await opened.open({ table: 'parts' }, ['sku', 'locale'])
    opened.database.exec('alter table parts rename column locale to lang')
    const gone = {
      code: 'E_SINK_KEY',
      message: expect.stringMatching(/^The key column "locale" is not in parts\b.*/),
      fix: expect.stringContaining('It has: sku, lang, note'),
    }
    await expect(sink.write([{ key: 'a\u001ffr', values: { note: 'une' } }], free)).rejects.toMatchObject(
      gone,
    )
    await expect(sink.holds?.([{ key: 'a\u001ffr', values: { note: 'une' } }])).rejects.toMatchObject(gone)
    expect(opened.database.prepare('select count(note) as written from parts').get()).toMatchObject({
      written: 0,
    })
    opened.database.exec('alter table parts rename column lang to locale')
    expect(await sink.write([{ key: 'b\u001ffr', values: { note: 'deux' } }], free)).toEqual([
      { kind: 'written' },
    ])
  })

  test('upserts need a unique index, and say how to make one', async () => {
    await using opened = await place('create table notes (id integer, note text)')
    await using sink = await opened.open({ upsert: 'notes', key: 'id' })
    await expect(sink.dryRun({ key: '1', values: { id: 1, note: 'x' } })).rejects.toMatchObject({
      code: 'E_SINK_KEY',
      fix: 'create unique index "notes_id" on "notes" ("id");',
    })
    opened.database.exec('create unique index "notes_id" on "notes" ("id")')
    await sink.dryRun({ key: '1', values: { id: 1, note: 'x' } })
    expect(await sink.write([{ key: '1', values: { id: 1, note: 'x' } }], free)).toEqual([
      { kind: 'written' },
    ])
    expect(await sink.write([{ key: '1', values: { note: 'x' } }], free)).toMatchObject([
      { kind: 'rejected' },
    ])
  })

  test('needs an index to find the rows of a large table', async () => {
    await using opened = await place(`create table cases (id integer, note text);
      with recursive n(i) as (select 1 union all select i + 1 from n where i < 10000) insert into cases select i, null from n`)
    await using sink = await opened.open({ table: 'cases' })
    const item = { key: '1', values: { note: 'x' } }
    await sink.dryRun(item)
    opened.database.exec('insert into cases values (10001, null)')
    await expect(sink.dryRun(item)).rejects.toMatchObject({
      code: 'E_SINK_KEY',
      fix: 'create index "cases_id" on "cases" ("id");',
    })
    opened.database.exec('create index "cases_id" on "cases" ("id")')
    await sink.dryRun(item)
  })

  test('waits for another writer, and writes nothing of a chunk that cannot be committed', async () => {
    await using opened = await place(`create table cases (id integer primary key, note text);
      insert into cases values (1, null)`)
    await using sink = await opened.open({ table: 'cases' })
    opened.database.exec('begin immediate')
    const writing = sink.write([{ key: '1', values: { note: 'x' } }], free)
    setTimeout(() => opened.database.exec('commit'), 300)
    expect(await writing).toEqual([{ kind: 'written' }])
    opened.database.exec(
      `create trigger none before update on cases begin select raise(rollback, 'closed'); end`,
    )
    await expect(sink.write([{ key: '1', values: { note: 'y' } }], free)).rejects.toMatchObject({
      code: 'E_DATABASE',
      message: expect.stringContaining('closed'),
    })
    expect(opened.database.prepare('select note from cases').get()?.['note']).toBe('x')
    opened.database.exec('drop table cases')
    await expect(sink.write([{ key: '1', values: { note: 'y' } }], free)).rejects.toMatchObject({
      code: 'E_SINK_TABLE',
    })
  })

  test('is not opened on a file that is not there, or a URL', async () => {
    await using opened = await place('create table cases (id integer primary key)')
    await expect(opened.open({ database: 'none.db', table: 'cases' })).rejects.toMatchObject({
      code: 'E_SINK_TABLE',
    })
    await expect(opened.open({ database: 'postgres://x', table: 'cases' })).rejects.toMatchObject({
      code: 'E_JOB_INVALID',
    })
  })
})
