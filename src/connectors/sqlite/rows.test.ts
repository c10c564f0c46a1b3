import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { z } from 'zod'
import type { ReadOptions, Source, SourceRecord } from '../../ports/source.ts'
import { sql, type Sql } from '../database/sql.ts'
import { sqlite } from './rows.ts'

const all: ReadOptions = { after: null, limit: null, order: 'key', only: null }

interface Place extends AsyncDisposable {
  readonly path: string
  readonly database: DatabaseSync
}

/** A SQLite file in a directory of its own, which somebody else has open too. */
async function place(setup: string): Promise<Place> {
  const path = await mkdtemp(join(tmpdir(), 'offpeak-sqlite-'))
  const database = new DatabaseSync(join(path, 'cases.db'))
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

async function records(
  source: Source<unknown>,
  { path }: Place,
  options: Partial<ReadOptions> = {},
): Promise<readonly SourceRecord<unknown>[]> {
  await using reader = await source.open({ baseDir: path, databaseUrl: null })
  const pages = await Array.fromAsync(reader.read({ ...all, ...options }))
  return pages.flatMap((page) => page.records)
}

const keys = (found: readonly { readonly key: string }[]): readonly string[] => found.map(({ key }) => key)
const rows = (query: Sql, key: string | readonly string[] = 'id'): Source<Record<string, unknown>> =>
  sqlite.rows({ file: 'cases.db', query, key })

describe('sqlite.rows', () => {
  test('has the row type of its schema', () => {
    const query = sql`select * from cases`
    const typed = sqlite.rows({ file: 'cases.db', query, key: 'id', row: z.object({ id: z.number() }) })
    expectTypeOf(typed).toEqualTypeOf<Source<{ id: number }>>()
    expect(typed).toMatchObject({ kind: 'sqlite', describe: 'cases in cases.db', keyFields: ['id'] })
  })

  test('gives values that JSON can carry, binds values of every kind, and loses no digit', async () => {
    await using opened = await place('create table cases (id integer primary key)')
    const query = sql`select 1 as id, 9223372036854775807 as big, 0.5 as half, x'00ff' as bytes, null as none,
      ${true} as yes, ${new Date(0)} as at, ${[1, 2]} as list, ${'é'} as text, typeof(${5}) as type`
    expect(await records(rows(query), opened)).toEqual([
      {
        key: '1',
        row: {
          id: 1,
          big: '9223372036854775807',
          half: 0.5,
          bytes: '\\x00ff',
          none: null,
          yes: 1,
          at: '1970-01-01T00:00:00.000Z',
          list: '[1,2]',
          text: 'é',
          type: 'integer',
        },
      },
    ])
  })

  test('tells numbers, texts and collated texts of a key apart, and continues behind each of them', async () => {
    await using opened = await place(`create table cases (id collate nocase, n);
      insert into cases values ('a', 1), ('A', 2), (7, 3), ('7', 4), (1.5, 5), (x'07', 6), (null, 7), (9007199254740993, 8)`)
    const source = rows(sql`select * from cases`)
    const found = await records(source, opened)
    expect(keys(found)).toEqual(['1.5', '7', '9007199254740993', '7', 'A', 'a', '\\x07', '(no key 1)'])
    await using reader = await source.open({ baseDir: opened.path, databaseUrl: null })
    const [page] = await Array.fromAsync(reader.read({ ...all, limit: 8 }))
    for (let index = 0; index < 7; index += 1) {
      const rest = await records(source, opened, { after: page?.cursorAt(index) ?? null })
      expect(keys(rest)).toEqual(keys(found.slice(index + 1)))
    }
    const now = await reader.reread?.(['a', '9007199254740993'])
    expect([...(now ?? [])].map(([key, { n }]) => [key, n])).toEqual(
      expect.arrayContaining([
        ['a', 1],
        ['9007199254740993', 8],
      ]),
    )
  })

  test('show what JSON has no number for as text, also as keys', async () => {
    await using opened = await place(`create table cases (id, n); create index cases_id on cases (id);
      insert into cases values (9e999, 9e999), (-9e999, -9e999), (x'00ff', x''), ('\\x00ff', 1e300), (1e300, 0.5)`)
    expect(await records(rows(sql`select * from cases`), opened)).toEqual([
      { key: '-Infinity', row: { id: '-Infinity', n: '-Infinity' } },
      { key: '1e+300', row: { id: 1e300, n: 0.5 } },
      { key: 'Infinity', row: { id: 'Infinity', n: 'Infinity' } },
      { key: '\\x00ff', row: { id: '\\x00ff', n: 1e300 } },
      { key: '\\x00ff (again 1)', problem: expect.stringContaining('is not unique') },
    ])
  })

  test.each(['UTF-8', 'UTF-16le', 'UTF-16be'])(
    'tell of a text whose bytes are not valid %s, and of no other',
    async (encoding) => {
      const bad = { 'UTF-8': '80e4', 'UTF-16le': '61003dd8', 'UTF-16be': '0061d83d' }[encoding] ?? ''
      await using opened = await place(`pragma encoding = '${encoding}';
        create table cases (id text, t text); insert into cases values ('a', 'x' || char(65533)),
        ('b', cast(x'${bad}' as text)), ('c', 'y' || char(65533)), ('d', 'z'), (cast(x'${bad}' as text), 'k')`)
      const shown = [
        { key: 'a', row: { id: 'a', t: 'x\ufffd' } },
        { key: 'b', problem: `The column t is not valid ${encoding}: \\x${bad}` },
        { key: 'c', row: { id: 'c', t: 'y\ufffd' } },
        { key: 'd', row: { id: 'd', t: 'z' } },
        { key: `\\x${bad}`, problem: `The column id is not valid ${encoding}: \\x${bad}` },
      ]
      const query = sql`select * from cases`
      const sorted = (found: readonly SourceRecord<unknown>[]): unknown =>
        found.toSorted((one, other) => (one.key.replace('\\', '~') < other.key.replace('\\', '~') ? -1 : 1))
      expect(sorted(await records(rows(query), opened))).toEqual(shown)
      expect(sorted(await records(rows(query), opened, { order: 'given' }))).toEqual(shown)
      opened.database.exec('create unique index cases_id on cases (id)')
      expect(sorted(await records(rows(query), opened))).toEqual(shown)
      await using reader = await rows(query).open({ baseDir: opened.path, databaseUrl: null })
      const options = { ...all, after: null }
      for await (const page of reader.read(options)) {
        const seen = page.records.map(({ key }) => key)
        for (const [at] of seen.entries())
          expect(keys(await records(rows(query), opened, { after: page.cursorAt(at) }))).toEqual(
            seen.slice(at + 1),
          )
      }
    },
  )

  test('are limited to those that the order of the query puts first', async () => {
    await using opened = await place(`create table cases (id integer primary key, decided int);
      with recursive n(i) as (select 1 union all select i + 1 from n where i < 300) insert into cases select i, -i from n`)
    const source = rows(sql`select * from cases order by decided`).limit(10)
    expect(keys(await records(source, opened, { limit: 3 }))).toEqual(['298', '299', '300'])
    expect(keys(await records(source, opened, { order: 'given', limit: 2 }))).toEqual(['300', '299'])
    expect(await records(source, opened)).toHaveLength(10)
  })

  test('keep nobody from writing while they are worked on, with and without an index', async () => {
    await using opened = await place(`create table cases (id integer primary key, body text);
      with recursive n(i) as (select 1 union all select i + 1 from n where i < 300) insert into cases select i, hex(zeroblob(5000)) from n`)
    for (const key of ['id', 'other']) {
      const source = rows(sql`select id, id + 1 as other, body from cases`, key)
      await using reader = await source.open({ baseDir: opened.path, databaseUrl: null })
      let pages = 0
      for await (const page of reader.read(all)) {
        pages += page.records.length > 0 ? 1 : 0
        opened.database.exec(`update cases set body = body || 'x'`)
      }
      expect(pages).toBeGreaterThan(3)
    }
  })

  test('are as they are when their turn comes, each key once, where others write meanwhile', async () => {
    const values = Array.from({ length: 40 }, (_, id) => `(${10 * id}, 'old', printf('%.30000c', 'x'))`)
    for (const index of ['create unique index cases_id on cases (id);', '']) {
      await using opened = await place(
        `create table cases (id, state, text); ${index} insert into cases values ${values.join(', ')}`,
      )
      await using reader = await rows(sql`select id, state, text from cases`).open({
        baseDir: opened.path,
        databaseUrl: null,
      })
      const found: [string, unknown][] = []
      for await (const page of reader.read({ ...all, after: null })) {
        if (found.length === 0)
          opened.database
            .exec(`update cases set state = 'new'; insert into cases values (5, 'new', ''), (385, 'new', '');
            delete from cases where id = 380`)
        for (const one of page.records)
          found.push([one.key, one.problem === undefined ? Object.values(Object(one.row))[1] : one.problem])
      }
      const seen = found.map(([key]) => key)
      expect(new Set(seen).size).toBe(seen.length)
      expect(found[0]).toEqual(['0', 'old'])
      // With an index the rows are looked up block by block; without one they are copied once, at the beginning.
      expect(found.at(-1)).toEqual(['390', index === '' ? 'old' : 'new'])
      expect([seen.includes('5'), seen.includes('385'), seen.includes('380')]).toEqual(
        index === '' ? [false, false, true] : [false, true, false],
      )
    }
  })

  test('refuse what cannot work, before a row is read', async () => {
    await using opened = await place('create table cases (id integer primary key, body text)')
    const refused = async (query: Sql, key = 'id', file = 'cases.db'): Promise<unknown> => {
      try {
        const source = sqlite.rows({ file, query, key })
        await using reader = await source.open({ baseDir: opened.path, databaseUrl: null })
        return await reader.check()
      } catch (thrown) {
        return thrown
      }
    }
    const query = sql`select id, body from cases`
    expect(await refused(sql`select bodyy from cases`)).toMatchObject({
      code: 'E_SOURCE_QUERY',
      message: expect.stringContaining('no such column: bodyy'),
    })
    expect(await refused(query, 'idd')).toMatchObject({
      code: 'E_SOURCE_KEY',
      message: expect.stringContaining('Did you mean id?'),
      fix: expect.stringContaining('id, body'),
    })
    expect(await refused(sql`delete from cases returning id`)).toMatchObject({ code: 'E_SOURCE_QUERY' })
    expect(await refused(sql`select 1 as id; select 2`)).toMatchObject({ code: 'E_SOURCE_QUERY' })
    expect(await refused(query, 'id', 'none.db')).toMatchObject({ code: 'E_SOURCE_FILE' })
    await writeFile(join(opened.path, 'text.db'), 'id,body\n'.repeat(100))
    expect(await refused(query, 'id', 'text.db')).toMatchObject({ code: 'E_SOURCE_FILE' })
  })
})
