import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { type ColumnSource, parquetWriteBuffer } from 'hyparquet-writer'
import { describe, test } from 'vitest'
import { rows } from '../../src/connectors/code/rows.ts'
import { csv } from '../../src/connectors/row-files/csv-source.ts'
import { duckdb } from '../../src/connectors/duckdb/rows.ts'
import { jsonl } from '../../src/connectors/row-files/jsonl-source.ts'
import { parquet } from '../../src/connectors/parquet/parquet-source.ts'
import { postgres } from '../../src/connectors/postgres/rows.ts'
import { sqlite } from '../../src/connectors/sqlite/rows.ts'
import { sql } from '../../src/connectors/database/sql.ts'
import { databases } from '../support/databases.ts'
import {
  describeSource,
  type OpenedSource,
  type SourceKit,
  type SuiteRow,
} from '../../src/testing/sources.ts'

/** A file of rows, and a source over it. */
function fileKit(
  name: string,
  order: SourceKit['order'],
  file: string,
  write: (path: string, rows: readonly SuiteRow[]) => Promise<void>,
  source: OpenedSource['source'],
  /** What looks changed when it is touched. */
  touched = file,
): SourceKit {
  return {
    name,
    order,
    async open(rows) {
      const directory = await mkdtemp(join(tmpdir(), 'offpeak-source-'))
      const path = join(directory, file)
      await write(path, rows)
      return {
        context: { baseDir: directory, databaseUrl: null },
        source,
        change: order === 'key' ? null : (): Promise<void> => utimes(join(directory, touched), 1, 1),
        [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
      }
    },
  }
}

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`

const csvText = (rows: readonly SuiteRow[]): string =>
  ['id,part,body', ...rows.map(({ id, part, body }) => `${id},${quoted(part)},${quoted(body)}`)].join('\r\n')

async function writeSqlite(path: string, rows: readonly SuiteRow[], key: string): Promise<void> {
  const database = new DatabaseSync(path)
  database.exec(`create table cases (id integer${key}, part text, body text); begin`)
  const insert = database.prepare('insert into cases values (?, ?, ?)')
  for (const { id, part, body } of rows) insert.run(BigInt(id), part, body)
  database.exec('commit')
  database.close()
}

const query = sql`select id, part, body from cases`

const kits: readonly SourceKit[] = [
  fileKit(
    'a JSON Lines file',
    'file',
    'cases.jsonl',
    (path, rows) => writeFile(path, rows.map((row) => `${JSON.stringify(row)}\n`).join('')),
    (key, row) => jsonl.rows({ file: 'cases.jsonl', key, row }),
  ),
  fileKit(
    'a CSV file',
    'file',
    'cases.csv',
    (path, rows) => writeFile(path, csvText(rows)),
    (key, row) => csv.rows({ file: 'cases.csv', key, row }),
  ),
  fileKit(
    'a JSON Lines file packed with zstd',
    'file',
    'cases.jsonl.zst',
    (path, rows) => writeFile(path, zstdCompressSync(rows.map((row) => `${JSON.stringify(row)}\n`).join(''))),
    (key, row) => jsonl.rows({ file: 'cases.jsonl.zst', key, row }),
  ),
  fileKit(
    'a CSV file in UTF-16 with CR at the ends of its lines, packed with gzip',
    'file',
    'cases.csv.gz',
    (path, rows) => {
      const wide = Buffer.from(`\ufeff${csvText(rows).replaceAll('\r\n', '\r')}`, 'utf16le')
      return writeFile(path, gzipSync(wide.swap16()))
    },
    (key, row) => csv.rows({ file: 'cases.csv.gz', key, row }),
  ),
  fileKit(
    'a directory of Parquet files',
    'file',
    'cases',
    async (path, rows) => {
      for (let index = 0; index === 0 || index < rows.length; index += 40) {
        await mkdir(join(path, `n=${String(index).padStart(6, '0')}`), { recursive: true })
        const some = rows.slice(index, index + 40)
        const columnData: ColumnSource[] = [
          { name: 'id', type: 'INT64', data: some.map((one) => BigInt(one.id)) },
          { name: 'part', type: 'STRING', data: some.map((one) => one.part) },
          { name: 'body', type: 'STRING', data: some.map((one) => one.body) },
        ]
        await writeFile(
          join(path, `n=${String(index).padStart(6, '0')}`, 'part.PARQUET'),
          new Uint8Array(parquetWriteBuffer({ columnData })),
        )
      }
    },
    (key, row) => parquet.rows({ file: 'cases', key, row }),
    'cases/n=000000/part.PARQUET',
  ),
  fileKit(
    'a Parquet file',
    'file',
    'cases.parquet',
    (path, rows) =>
      writeFile(
        path,
        new Uint8Array(
          parquetWriteBuffer({
            columnData: [
              { name: 'id', type: 'INT64', data: rows.map(({ id }) => BigInt(id)) },
              { name: 'part', type: 'STRING', data: rows.map(({ part }) => part) },
              { name: 'body', type: 'STRING', data: rows.map(({ body }) => body) },
            ],
            rowGroupSize: 70,
          }),
        ),
      ),
    (key, row) => parquet.rows({ file: 'cases.parquet', key, row }),
  ),
  // Repeated keys can only be in a table without a primary key, which is read by a copy in order.
  fileKit(
    'a SQLite table without an index',
    'key',
    'cases.db',
    (path, rows) => writeSqlite(path, rows, ''),
    (key, row) => sqlite.rows({ file: 'cases.db', query, key, row }),
  ),
  fileKit(
    'a SQLite table with an index',
    'key',
    'cases.db',
    async (path, rows) => {
      await writeSqlite(path, rows, '')
      new DatabaseSync(path).exec(
        'create index cases_id on cases (id); create index cases_part on cases (part, id)',
      )
    },
    (key, row) => sqlite.rows({ file: 'cases.db', query, key, row }),
  ),
  fileKit(
    'a file that DuckDB reads',
    'key',
    'cases.csv',
    (path, rows) => writeFile(path, csvText(rows)),
    (key, row) =>
      duckdb.rows({
        query: sql`select id::integer as id, part, body from read_csv('cases.csv', all_varchar = true)`,
        key,
        row,
      }),
  ),
  ...[false, true].map((seeks): SourceKit => ({
    name: seeks ? 'a generator that begins where it is asked to' : 'a generator',
    order: 'file',
    async open(given) {
      await Promise.resolve()
      async function* read({ skip }: { readonly skip: number }): AsyncGenerator<SuiteRow> {
        if (!seeks && skip > 0) throw new Error('it is to begin at the first row')
        yield* given.slice(skip)
      }
      return {
        context: { baseDir: '/', databaseUrl: null },
        source: (key, row) => rows(read, { key, row, seeks, ...(seeks && { count: () => given.length }) }),
        change: null,
        [Symbol.asyncDispose]: () => Promise.resolve(),
      }
    },
  })),
  {
    name: 'PGlite',
    order: 'key',
    async open(rows) {
      const opened = await databases[0]!.open()
      await opened.database.exec('create table cases (id int, part text, body text)')
      await opened.database.query(
        sql`insert into cases select * from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb) as r(id int, part text, body text)`,
      )
      return {
        context: { baseDir: '/', databaseUrl: opened.url },
        source: (key, row) => postgres.rows({ query, key, row }),
        change: null,
        [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
      }
    },
  },
]

for (const kit of kits) describeSource({ describe, test }, kit)
