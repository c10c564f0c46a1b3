import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { DuckDBInstance } from '@duckdb/node-api'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sql, identifier, joinSql, rawSql } from '../../src/connectors/database/sql.ts'
import { duckdb } from '../../src/connectors/duckdb/rows.ts'
import { openSink } from '../../src/connectors/open-sink.ts'
import { postgres } from '../../src/connectors/postgres/rows.ts'
import { csv } from '../../src/connectors/row-files/csv-source.ts'
import { jsonl } from '../../src/connectors/row-files/jsonl-source.ts'
import { parquet } from '../../src/connectors/parquet/parquet-source.ts'
import { sqlite } from '../../src/connectors/sqlite/rows.ts'
import type { Source } from '../../src/ports/source.ts'
import { readAll } from '../../src/testing/reading.ts'
import { databases, type TestDatabase } from '../support/databases.ts'
import { createTypes } from '../support/postgres-types.ts'
import { otherValues, postgresValues, type TypedValues } from '../support/typed-values.ts'

/** The same values each time; others with OFFPEAK_VALUES_SEED. */
const seed = Number(process.env['OFFPEAK_VALUES_SEED'] ?? 1)

type Row = Readonly<Record<string, unknown>>
type Rows = ReadonlyMap<string, Row>

interface Place extends TestDatabase {
  readonly directory: string
}

type Files = Pick<Place, 'directory' | 'url'>

/** Where rows lie between being written and being read; before them stand rows that have only their key. */
interface Medium {
  readonly definition: Row
  readonly source: Source<Row>
  readonly prepare?: (place: Place, keys: Iterable<string>, names: readonly string[]) => Promise<void> | void
}

const media: Readonly<Record<string, Medium>> = {
  PostgreSQL: {
    definition: { table: 'back' },
    source: postgres.rows({ query: sql`select * from back`, key: 'id' }),
    async prepare({ database }, keys) {
      await database.exec('truncate back')
      for (const key of keys) await database.query(sql`insert into back (id) values (${key})`)
    },
  },
  SQLite: {
    definition: { database: 'a.db', table: 'v' },
    source: sqlite.rows({ file: 'a.db', query: sql`select * from v`, key: 'id' }),
    prepare({ directory }, keys, names) {
      const database = new DatabaseSync(join(directory, 'a.db'))
      database.exec(`create table v (id text primary key, ${names.join(', ')})`)
      for (const key of keys) database.prepare('insert into v (id) values (?)').run(key)
      database.close()
    },
  },
  DuckDB: {
    definition: { parquet: 'b' },
    source: duckdb.rows({ query: sql`select * from 'b/*.parquet'`, key: 'key' }),
  },
  CSV: { definition: { csv: 'a.csv' }, source: csv.rows({ file: 'a.csv', key: 'key' }) },
  'JSON lines': { definition: { jsonl: 'a.jsonl' }, source: jsonl.rows({ file: 'a.jsonl', key: 'key' }) },
  Parquet: { definition: { parquet: 'a' }, source: parquet.rows({ file: 'a', key: 'key' }) },
}

async function write({ directory, url }: Files, definition: Row, rows: Rows): Promise<void> {
  const context = { baseDir: directory, databaseUrl: url, sourceKey: ['id'], sourceTables: [] }
  await using sink = await openSink(definition, context)
  const items = Array.from(rows, ([key, values]) => ({ key, values }))
  const results = await sink.write(items, { mark: null, chunk: 'c1' })
  expect(results.map((result) => (result.kind === 'rejected' ? result.reason : 'ok'))).toEqual(
    items.map(() => 'ok'),
  )
}

async function read({ directory, url }: Files, source: Source<Row>): Promise<Rows> {
  await using reader = await source.open({ baseDir: directory, databaseUrl: url })
  const found = await readAll(reader)
  return new Map(
    found.map((record) => {
      if (record.problem !== undefined) throw new Error(record.problem)
      const { key: _key, id: _id, ...row } = record.row
      return [record.key, row]
    }),
  )
}

/** A value as a row schema reads it from a medium that has fewer types: text in CSV, no truth and no lists in SQLite. */
function asGiven(found: unknown, given: unknown): unknown {
  if (given === null) return found === '' ? null : found
  if (typeof given === 'number' && typeof found === 'string' && found !== '') return Number(found)
  if (typeof given === 'boolean' && found !== false) return found === true || found === 'true' || found === 1
  return typeof given === 'object' && typeof found === 'string' ? JSON.parse(found) : found
}

/** The rows after they were written to a medium and read from it. */
async function through(place: Place, medium: Medium, given: Rows): Promise<Rows> {
  const [first = {}] = given.values()
  await medium.prepare?.(place, given.keys(), Object.keys(first))
  await write(place, medium.definition, given)
  const found = await read(place, medium.source)
  return new Map(
    Array.from(given, ([key, row]) => {
      const there = found.get(key) ?? {}
      return [
        key,
        Object.fromEntries(Object.entries(row).map(([name, value]) => [name, asGiven(there[name], value)])),
      ]
    }),
  )
}

async function inFolder<T>(act: (directory: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'offpeak-typed-'))
  try {
    return await act(directory)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

/** Makes the source of these cells, of which each row has one for every type, with the keys `k0`, `k1` … */
type Fill = (
  place: Place,
  kinds: readonly TypedValues[],
  rows: readonly (readonly string[])[],
) => Promise<Source<Row>> | Source<Row>

/** The rows as a select with the columns `id`, `c0`, `c1` … */
function selects(rows: readonly (readonly string[])[]): string {
  return rows
    .map((cells, id) => `select 'k${id}' as id, ${cells.map((cell, at) => `${cell} as c${at}`).join(', ')}`)
    .join(' union all ')
}

const sources: Readonly<Record<string, Fill>> = {
  SQLite({ directory }, kinds, rows) {
    const database = new DatabaseSync(join(directory, 'in.db'))
    const columns = kinds.map(({ type }, at) => `c${at} ${type === 'no type' ? '' : type}`)
    database.exec(
      `create table v (id text primary key, ${columns.join(', ')}); insert into v ${selects(rows)}`,
    )
    database.close()
    return sqlite.rows({ file: 'in.db', query: sql`select * from v`, key: 'id' })
  },
  DuckDB: (_, __, rows) => duckdb.rows({ query: sql`${rawSql(selects(rows))}`, key: 'id' }),
  async Parquet({ directory }, _, rows) {
    const instance = await DuckDBInstance.create(':memory:')
    const connection = await instance.connect()
    await connection.run(`copy (${selects(rows)}) to '${join(directory, 'in.parquet')}' (format parquet)`)
    connection.closeSync()
    instance.closeSync()
    return parquet.rows({ file: 'in.parquet', key: 'id' })
  },
  async 'JSON lines'({ directory }, _, rows) {
    const lines = rows.map(
      (cells, id) => `{"id":"k${id}",${cells.map((cell, at) => `"c${at}":${cell}`).join(',')}}\n`,
    )
    await writeFile(join(directory, 'in.jsonl'), lines.join(''))
    return jsonl.rows({ file: 'in.jsonl', key: 'id' })
  },
  async CSV({ directory }, kinds, rows) {
    const names = kinds.map((_, at) => `c${at}`)
    const lines = [['id', ...names], ...rows.map((cells, id) => [`k${id}`, ...cells])]
    await writeFile(join(directory, 'in.csv'), lines.map((cells) => `${cells.join(',')}\n`).join(''))
    return csv.rows({ file: 'in.csv', key: 'id' })
  },
}

const rowsOf = (
  kinds: readonly TypedValues[],
  absent: string | null,
): fc.Arbitrary<readonly (readonly string[])[]> => {
  const cells = kinds.map(({ given }) =>
    absent === null ? given : fc.oneof({ weight: 8, arbitrary: given }, fc.constant(absent)),
  )
  return fc.array(fc.tuple(...cells), { minLength: 1, maxLength: 5 })
}

const openServer = databases.find(({ name }) => name === 'PostgreSQL')?.open

async function onServer(act: (opened: TestDatabase) => Promise<void>): Promise<void> {
  if (openServer === undefined) throw new Error('there is no server')
  await using opened = await openServer()
  await opened.database.exec('create extension citext; create extension hstore; create extension ltree')
  await opened.database.exec(createTypes)
  await act(opened)
}

const docs = join(import.meta.dirname, '../../docs')

/** The first cells of a table of Markdown. */
function typesIn(table: string): ReadonlySet<string> {
  const cells = Array.from(table.matchAll(/^\| `?([^|`]+?)`? \|/gm), ([, cell = '']) => cell)
  return new Set(cells.filter((cell) => cell !== 'type' && cell !== 'column'))
}

test('a field of JSON that is called __proto__ goes through Parquet as any other', () =>
  inFolder(async (directory) => {
    const given = new Map([
      ['k0', { c: JSON.parse('{"a":1,"__proto__":false,"b":[{"__proto__":{"x":1}}]}') }],
    ])
    for (const name of ['Parquet', 'DuckDB']) {
      const medium = media[name]
      if (medium === undefined) throw new Error(`${name} is no medium`)
      await write({ directory, url: '' }, medium.definition, given)
      const found = await read({ directory, url: '' }, medium.source)
      expect(JSON.stringify(found.get('k0')), name).toBe(JSON.stringify(given.get('k0')))
    }
  }))

describe('every type that the pages of values name', () => {
  test('has a way through all media in these tests', async () => {
    const page = await readFile(join(docs, 'values.md'), 'utf8')
    const [, ...sections] = page.split(/^## /m)
    const named = Object.fromEntries(
      sections.map((section) => [section.slice(0, section.indexOf('\n')), typesIn(section)]),
    )
    const others = Object.entries(otherValues).map(([name, kinds]): [string, ReadonlySet<string>] => [
      name,
      new Set(kinds.map(({ type }) => type)),
    ])
    expect(named).toEqual(Object.fromEntries(others))
    expect(new Set(Object.keys(sources))).toEqual(new Set(Object.keys(otherValues)))
    const [, types = ''] = (await readFile(join(docs, 'postgres.md'), 'utf8')).split('<!-- types:')
    const tried = new Set(postgresValues.map(({ type }) => type))
    expect([...typesIn(types)].filter((type) => !tried.has(type))).toEqual([])
    expect(typesIn(types).size).toBeGreaterThan(70)
  })

  test('of PostgreSQL goes through each of them and is in its column again as it was', () =>
    onServer(async (opened) => {
      const columns = postgresValues.map((kind, at) => ({ ...kind, name: `c${at}` }))
      const made = columns.map(({ name, type }) => `${name} ${type}`).join(', ')
      await opened.database.exec(`create table given (id text primary key, ${made});
        create table back (like given including all)`)
      const differing = columns.map(
        ({
          name,
          type,
        }) => sql`select ${type}::text as type, g.${identifier(name)}::text as given, b.${identifier(name)}::text as back
          from given g join back b using (id) where g.${identifier(name)}::text is distinct from b.${identifier(name)}::text`,
      )
      await fc.assert(
        fc.asyncProperty(rowsOf(postgresValues, 'null'), (rows) =>
          inFolder(async (directory) => {
            const place = { ...opened, directory }
            await opened.database.exec('truncate given')
            for (const [id, cells] of rows.entries())
              await opened.database.exec(`insert into given values ('k${id}', ${cells.join(', ')})`)
            const given = await read(place, postgres.rows({ query: sql`select * from given`, key: 'id' }))
            for (const [name, medium] of Object.entries(media)) {
              const found = await through(place, medium, given)
              if (name !== 'PostgreSQL') await through(place, media['PostgreSQL'] ?? medium, found)
              expect(await opened.database.query(joinSql(differing, ' union all ')), name).toEqual([])
            }
          }),
        ),
        { numRuns: 3, endOnFailure: true, seed },
      )
    }))

  for (const [name, kinds] of Object.entries(otherValues))
    test(`of ${name} goes through each of them and is read as it was`, () =>
      onServer(async (opened) => {
        const made = kinds.map(({ postgres: type = 'text' }, at) => `c${at} ${type}`).join(', ')
        await opened.database.exec(`create table back (id text primary key, ${made})`)
        const absent = name === 'CSV' ? null : 'null'
        await fc.assert(
          fc.asyncProperty(rowsOf(kinds, absent), (rows) =>
            inFolder(async (directory) => {
              const place = { ...opened, directory }
              const source = await sources[name]?.(place, kinds, rows)
              if (source === undefined) throw new Error(`${name} is no source`)
              const given = await read(place, source)
              expect(given.size).toBe(rows.length)
              for (const [of, medium] of Object.entries(media))
                expect(await through(place, medium, given), of).toEqual(given)
            }),
          ),
          { numRuns: 6, endOnFailure: true, seed },
        )
      }))
})
