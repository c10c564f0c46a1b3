import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openSink } from '../../src/connectors/open-sink.ts'
import { sql } from '../../src/connectors/database/sql.ts'
import { duckdb } from '../../src/connectors/duckdb/rows.ts'
import { csv } from '../../src/connectors/row-files/csv-source.ts'
import { jsonl } from '../../src/connectors/row-files/jsonl-source.ts'
import { parquet } from '../../src/connectors/parquet/parquet-source.ts'
import { sqlite } from '../../src/connectors/sqlite/rows.ts'
import type { SinkItem } from '../../src/ports/sink.ts'
import type { Source } from '../../src/ports/source.ts'
import { keys, readAll } from '../../src/testing/reading.ts'

type Row = Readonly<Record<string, unknown>>

/** A text of any characters; half of a pair is none. */
const text = fc.string({ unit: 'binary' })
/** What a double tells from its neighbours; whole numbers beyond it are text. */
const number = fc.oneof(
  fc.maxSafeInteger(),
  fc
    .double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 })
    .filter((one) => !Object.is(one, -0)),
)
const json = fc
  .jsonValue({ stringUnit: 'binary', maxDepth: 3 })
  .map((value): unknown =>
    JSON.parse(JSON.stringify(value), (_, item: unknown) =>
      typeof item === 'number' && !(Math.abs(item) < 1e9) ? 0.5 : Object.is(item, -0) ? 0 : item,
    ),
  )

const texts = fc.record({ a: text, b: text })
const typed = fc.record({
  a: fc.option(text),
  n: fc.option(number),
  ok: fc.option(fc.boolean()),
  j: fc.option(fc.array(json, { maxLength: 3 })),
})

async function inFolder<T>(act: (directory: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'offpeak-round-'))
  try {
    return await act(directory)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

async function write(
  baseDir: string,
  definition: Row,
  items: readonly SinkItem[],
): Promise<readonly string[]> {
  const context = { baseDir, databaseUrl: null, sourceKey: ['id'], sourceTables: [] }
  await using sink = await openSink(definition, context)
  return (await sink.write(items, { mark: null, chunk: 'c1' })).map(({ kind }) => kind)
}

/** The rows by key, without it. */
async function read(baseDir: string, source: Source<Row>): Promise<Map<string, Row>> {
  await using reader = await source.open({ baseDir, databaseUrl: null })
  const found = await readAll(reader)
  expect(found.filter(({ problem }) => problem !== undefined)).toEqual([])
  expect(new Set(keys(found)).size).toBe(found.length)
  return new Map(
    found.map((record) => {
      const { key: _key, id: _id, ...row } = record.problem === undefined ? record.row : {}
      return [record.key, row]
    }),
  )
}

const itemsOf = (rows: readonly Row[]): readonly SinkItem[] =>
  rows.map((values, index) => ({ key: `k${index}`, values }))

const byKey = (rows: readonly Row[]): Map<string, Row> =>
  new Map(rows.map((row, index) => [`k${index}`, row]))

/** Sends rows through a sink, a source, and both once more: a value is the same each time. */
async function goesRound(
  rows: readonly Row[],
  definition: (turn: number) => Row,
  source: (turn: number) => Source<Row>,
): Promise<void> {
  await inFolder(async (directory) => {
    await write(directory, definition(1), itemsOf(rows))
    const first = await read(directory, source(1))
    expect(first).toEqual(byKey(rows))
    await write(
      directory,
      definition(2),
      [...first].map(([key, values]) => ({ key, values })),
    )
    expect(await read(directory, source(2))).toEqual(first)
  })
}

const many = { minLength: 1, maxLength: 6 }

describe('a value comes out as it went in', () => {
  test('of JSON lines', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(typed, many), (rows) =>
        goesRound(
          rows,
          (turn) => ({ jsonl: `${turn}.jsonl` }),
          (turn) => jsonl.rows({ file: `${turn}.jsonl`, key: 'key' }),
        ),
      ),
      { numRuns: 25 },
    )
  })

  test('of CSV, where everything is text', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(texts, many), (rows) =>
        goesRound(
          rows,
          (turn) => ({ csv: `${turn}.csv` }),
          (turn) => csv.rows({ file: `${turn}.csv`, key: 'key' }),
        ),
      ),
      { numRuns: 25 },
    )
  })

  test('of Parquet', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(typed, many), (rows) =>
        goesRound(
          rows,
          (turn) => ({ parquet: `${turn}` }),
          (turn) => parquet.rows({ file: `${turn}`, key: 'key' }),
        ),
      ),
      { numRuns: 25 },
    )
  })

  test('of Parquet, as DuckDB reads it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(typed, many), (rows) =>
        goesRound(
          rows,
          (turn) => ({ parquet: `${turn}` }),
          (turn) =>
            duckdb.rows({
              query: turn === 1 ? sql`select * from '1/*.parquet'` : sql`select * from '2/*.parquet'`,
              key: 'key',
            }),
        ),
      ),
      { numRuns: 8 },
    )
  })

  test('of SQLite, in columns of every type', async () => {
    const row = fc.record({
      t: fc.option(text),
      n: fc.option(
        fc.oneof(fc.maxSafeInteger(), fc.bigInt({ min: 2n ** 53n, max: 2n ** 63n - 1n }).map(String)),
      ),
      r: fc.option(fc.oneof(number, fc.constantFrom('Infinity', '-Infinity', 1e308))),
      b: fc.option(fc.uint8Array().map((bytes) => `\\x${Buffer.from(bytes).toString('hex')}`)),
      x: fc.option(fc.oneof(text, number)),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(row, many), (rows) =>
        inFolder(async (directory) => {
          const database = new DatabaseSync(join(directory, 'a.db'))
          database.exec('create table v (id text primary key, t text, n integer, r real, b blob, x)')
          for (const { key } of itemsOf(rows)) database.prepare('insert into v (id) values (?)').run(key)
          const source = sqlite.rows({ file: 'a.db', query: sql`select * from v`, key: 'id' })
          await write(directory, { database: 'a.db', table: 'v' }, itemsOf(rows))
          const first = await read(directory, source)
          expect(first).toEqual(byKey(rows))
          const again = [...first].map(([key, values]) => ({ key, values }))
          expect(new Set(await write(directory, { database: 'a.db', table: 'v' }, again))).toEqual(
            new Set(['same']),
          )
          database.close()
        }),
      ),
      { numRuns: 20 },
    )
  })
})
