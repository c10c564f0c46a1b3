import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { sql, identifier, joinSql, rawSql } from '../../src/connectors/database/sql.ts'
import { duckdb } from '../../src/connectors/duckdb/rows.ts'
import { openSink } from '../../src/connectors/open-sink.ts'
import { postgres } from '../../src/connectors/postgres/rows.ts'
import { csv } from '../../src/connectors/row-files/csv-source.ts'
import { jsonl } from '../../src/connectors/row-files/jsonl-source.ts'
import { parquet } from '../../src/connectors/parquet/parquet-source.ts'
import { sqlite } from '../../src/connectors/sqlite/rows.ts'
import type { Source } from '../../src/ports/source.ts'
import { databases, type TestDatabase } from '../support/databases.ts'
import { readAll } from '../../src/testing/reading.ts'

type Row = Readonly<Record<string, unknown>>

/** A column type, and texts that a database makes values of it from. */
interface Kind {
  readonly type: string
  readonly text: fc.Arbitrary<string>
  /** What a cell of a CSV file or of SQLite is not: a list, an object, true or false. */
  readonly isNested?: true
}

const digits = (most: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...Array.from('0123456789')), minLength: 1, maxLength: most })
const sign = fc.constantFrom('', '-')
const joined = (...parts: readonly (fc.Arbitrary<string> | string)[]): fc.Arbitrary<string> =>
  fc
    .tuple(...parts.map((part) => (typeof part === 'string' ? fc.constant(part) : part)))
    .map((texts) => texts.join(''))
const whole = (min: bigint, max: bigint): fc.Arbitrary<string> =>
  fc.oneof(fc.bigInt({ min, max }), fc.constantFrom(min, max)).map(String)
const double = fc
  .double()
  .filter((value) => !Object.is(value, -0))
  .map(String)
const float = fc
  .float()
  .filter((value) => !Object.is(value, -0))
  .map(String)
const two = (most: number): fc.Arbitrary<string> =>
  fc.integer({ min: 0, max: most }).map((value) => String(value).padStart(2, '0'))
const day = fc
  .date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10))
const clock = joined(two(23), ':', two(59), ':', two(59), '.', digits(6))
const hex = fc.uint8Array({ maxLength: 9 }).map((bytes) => Buffer.from(bytes).toString('hex'))
/** PostgreSQL holds no NUL. */
const text = fc.string({ unit: 'grapheme' }).filter((value) => !value.includes('\0'))
const json = fc
  .jsonValue({ stringUnit: 'grapheme-ascii', maxDepth: 2, noUnicodeString: true })
  .filter((value) => value !== null)
  .map((value) =>
    JSON.stringify(value, (_, item: unknown) =>
      typeof item === 'number' ? Math.trunc(item % 1e9) + 0 : item,
    ),
  )
const list = (item: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc
    .array(fc.option(item), { maxLength: 4 })
    .map((items) => `{${items.map((one) => (one === null ? 'NULL' : quoted(one))).join(',')}}`)
const quoted = (one: string): string => `"${one.replaceAll(/["\\]/g, String.raw`\$&`)}"`

const bounds = { int2: 2n ** 15n, int4: 2n ** 31n, int8: 2n ** 63n }
const kinds: readonly Kind[] = [
  { type: 'smallint', text: whole(-bounds.int2, bounds.int2 - 1n) },
  { type: 'integer', text: whole(-bounds.int4, bounds.int4 - 1n) },
  { type: 'bigint', text: whole(-bounds.int8, bounds.int8 - 1n) },
  { type: 'numeric', text: joined(sign, digits(30), '.', digits(20)) },
  { type: 'numeric(12,2)', text: joined(sign, digits(10), '.', digits(2)) },
  { type: 'real', text: float },
  { type: 'double precision', text: double },
  { type: 'text', text },
  { type: 'varchar(200)', text: text.filter((value) => value.length < 100) },
  { type: 'bytea', text: joined('\\x', hex) },
  { type: 'date', text: fc.oneof(day, fc.constantFrom('infinity', '0044-03-15 BC')) },
  { type: 'time', text: clock },
  { type: 'time with time zone', text: joined(clock, '+', two(14)) },
  { type: 'timestamp', text: joined(day, ' ', clock) },
  { type: 'timestamp with time zone', text: joined(day, ' ', clock, '-', two(14)) },
  { type: 'interval', text: joined(sign, digits(3), ' mon ', sign, digits(3), ' days ', sign, clock) },
  { type: 'uuid', text: fc.uuid() },
  { type: 'inet', text: fc.oneof(fc.ipV4(), fc.ipV6()) },
  { type: 'mood', text: fc.constantFrom('sad', 'so, "so"') },
  { type: 'int8range', text: joined('[', digits(5), ',9', digits(5), '00000)') },
  { type: 'boolean', text: fc.boolean().map(String), isNested: true },
  { type: 'jsonb', text: json, isNested: true },
  { type: 'bigint[]', text: list(whole(-bounds.int8, bounds.int8 - 1n)), isNested: true },
  { type: 'text[]', text: list(text), isNested: true },
  { type: 'numeric[]', text: list(joined(sign, digits(20), '.', digits(9))), isNested: true },
  { type: 'timestamp with time zone[]', text: list(joined(day, ' ', clock, '+00')), isNested: true },
]
const columns = kinds.map((kind, index) => ({ ...kind, name: `c${index}` }))

/** Where rows lie on their way from PostgreSQL to PostgreSQL. */
interface Medium {
  readonly name: string
  readonly definition: Row
  readonly source: Source<Row>
  readonly holdsNested: boolean
}

const media: readonly Medium[] = [
  {
    name: 'JSON lines',
    definition: { jsonl: 'a.jsonl' },
    source: jsonl.rows({ file: 'a.jsonl', key: 'key' }),
    holdsNested: true,
  },
  {
    name: 'Parquet',
    definition: { parquet: 'a' },
    source: parquet.rows({ file: 'a', key: 'key' }),
    holdsNested: true,
  },
  {
    name: 'Parquet that DuckDB reads',
    definition: { parquet: 'b' },
    source: duckdb.rows({ query: sql`select * from 'b/*.parquet'`, key: 'key' }),
    holdsNested: true,
  },
  {
    name: 'CSV',
    definition: { csv: 'a.csv' },
    source: csv.rows({ file: 'a.csv', key: 'key' }),
    holdsNested: false,
  },
  {
    name: 'SQLite',
    definition: { database: 'a.db', table: 'v' },
    source: sqlite.rows({ file: 'a.db', query: sql`select * from v`, key: 'id' }),
    holdsNested: false,
  },
]

async function write(
  baseDir: string,
  url: string,
  definition: Row,
  rows: ReadonlyMap<string, Row>,
): Promise<void> {
  const context = { baseDir, databaseUrl: url, sourceKey: ['id'], sourceTables: [] }
  await using sink = await openSink(definition, context)
  const items = Array.from(rows, ([key, values]) => ({ key, values }))
  const results = await sink.write(items, { mark: null, chunk: 'c1' })
  expect(results.map((result) => (result.kind === 'rejected' ? result.reason : 'ok'))).toEqual(
    items.map(() => 'ok'),
  )
}

async function read(baseDir: string, url: string, source: Source<Row>): Promise<ReadonlyMap<string, Row>> {
  await using reader = await source.open({ baseDir, databaseUrl: url })
  const found = await readAll(reader)
  return new Map(
    found.map((record) => {
      if (record.problem !== undefined) throw new Error(record.problem)
      const { key: _key, id: _id, ...row } = record.row
      return [record.key, row]
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

/** Puts the texts into a table `given`, and makes one to write to, which has the keys only. */
async function prepare({ database }: TestDatabase, rows: readonly Row[]): Promise<void> {
  const list = columns.map(({ name, type }) => `${name} ${type}`).join(', ')
  await database.exec(`drop table if exists given, back; create table given (id text primary key, ${list});
    create table back (like given including all)`)
  for (const [index, row] of rows.entries()) {
    const values = joinSql(
      columns.map(({ name, type }) => sql`${row[name] ?? null}::text::${rawSql(type)}`),
      ', ',
    )
    await database.query(sql`insert into given values (${`k${index}`}, ${values})`)
  }
}

/** The columns whose value is another one now, as PostgreSQL shows both. */
async function changed({ database }: TestDatabase): Promise<readonly Row[]> {
  const pairs = columns.map(
    ({
      name,
      type,
    }) => sql`select g.id, ${type}::text as type, g.${identifier(name)}::text as given, b.${identifier(name)}::text as back
      from given g join back b using (id) where g.${identifier(name)}::text is distinct from b.${identifier(name)}::text`,
  )
  return database.query(joinSql(pairs, ' union all '))
}

async function goesThrough(opened: TestDatabase, directory: string, medium: Medium | null): Promise<void> {
  const { url, database } = opened
  await database.exec('truncate back; insert into back (id) select id from given')
  const source = postgres.rows({ query: sql`select * from given`, key: 'id' })
  const given = await read(directory, url, source)
  if (medium === null) await write(directory, url, { table: 'back' }, given)
  else {
    const held = columns.filter(({ isNested }) => medium.holdsNested || isNested !== true)
    const kept = new Map(
      Array.from(given, ([key, row]) => [key, Object.fromEntries(held.map(({ name }) => [name, row[name]]))]),
    )
    await write(directory, url, medium.definition, kept)
    const found = await read(directory, url, medium.source)
    const names = new Set(held.map(({ name }) => name))
    // What is not in the medium is given as it was, and an empty cell of a CSV file may be null.
    const whole = Array.from(given, ([key, row]): [string, Row] => {
      const there = Object.entries(found.get(key) ?? {})
      return [
        key,
        { ...row, ...Object.fromEntries(there.filter(([name]) => names.has(name) && row[name] !== null)) },
      ]
    })
    await write(directory, url, { table: 'back' }, new Map(whole))
  }
  expect(await changed(opened), medium?.name ?? 'PostgreSQL').toEqual([])
}

const rowsOfAll = fc.array(
  fc.record(Object.fromEntries(columns.map(({ name, text }) => [name, fc.option(text, { freq: 8 })]))),
  { minLength: 1, maxLength: 6 },
)

for (const { name, open } of databases.filter((database) => database.name === 'PostgreSQL'))
  test(`a value of any type of ${name} goes through every medium and is the same again`, async () => {
    await using opened = await open()
    await opened.database.exec(`create type mood as enum ('sad', 'so, "so"')`)
    await fc.assert(
      fc.asyncProperty(rowsOfAll, async (rows) => {
        await prepare(opened, rows)
        await goesThrough(opened, tmpdir(), null)
        for (const medium of media)
          await inFolder(async (directory) => {
            const tables = new DatabaseSync(join(directory, 'a.db'))
            tables.exec(
              `create table v (id text primary key, ${columns.map((column) => column.name).join(', ')})`,
            )
            for (const index of rows.keys()) tables.prepare('insert into v (id) values (?)').run(`k${index}`)
            tables.close()
            await goesThrough(opened, directory, medium)
          })
      }),
      { numRuns: 3, endOnFailure: true },
    )
  })

const duckDbKinds: readonly (readonly [type: string, text: fc.Arbitrary<string>])[] = [
  ['tinyint', whole(-128n, 127n)],
  ['ubigint', whole(0n, 2n ** 64n - 1n)],
  ['hugeint', whole(1n - 2n ** 127n, 2n ** 127n - 1n)],
  ['decimal(38,9)', joined(sign, digits(29), '.', digits(9))],
  ['decimal(4,1)', joined(sign, digits(3), '.', digits(1))],
  ['double', double],
  ['boolean', fc.boolean().map(String)],
  ['varchar', text],
  ['date', day],
  ['time', clock],
  ['timestamp', joined(day, ' ', clock)],
  ['timestamp with time zone', joined(day, ' ', clock, '+02')],
  ['interval', joined(digits(2), ' months ', digits(2), ' days ', digits(3), ' seconds')],
  ['uuid', fc.uuid()],
  ['decimal(9,2)[]', fc.array(joined(digits(7), '.', digits(2))).map((items) => `[${items.join(', ')}]`)],
]

test('a value of any type of DuckDB goes through Parquet and is the same again', async () => {
  const row = fc.tuple(...duckDbKinds.map(([, kind]) => fc.option(kind)))
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 5 }), (rows) =>
      inFolder(async (directory) => {
        const selects = rows.map((values, id) => {
          const cells = duckDbKinds.map(([type], index) => {
            const value = values[index]
            const cell = value == null ? 'null' : `'${value.replaceAll("'", "''")}'`
            return `cast(${cell} as ${type}) as c${index}`
          })
          return `select '${id}' as id, ${cells.join(', ')}`
        })
        const source = duckdb.rows({ query: sql`${rawSql(selects.join(' union all '))}`, key: 'id' })
        const given = await read(directory, '', source)
        await write(directory, '', { parquet: 'a' }, given)
        expect(await read(directory, '', parquet.rows({ file: 'a', key: 'key' }))).toEqual(given)
        const again = duckdb.rows({ query: sql`select * from 'a/*.parquet'`, key: 'key' })
        expect(await read(directory, '', again)).toEqual(given)
      }),
    ),
    { numRuns: 8, endOnFailure: true },
  )
})
