// What a row holds for each type of each source, and what comes of it when a job writes it back: found by doing it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { DuckDBInstance } from '@duckdb/node-api'
import { openSink } from '../src/connectors/open-sink.ts'
import { rawSql, sql } from '../src/connectors/database/sql.ts'
import { duckdb } from '../src/connectors/duckdb/rows.ts'
import { csv } from '../src/connectors/row-files/csv-source.ts'
import { jsonl } from '../src/connectors/row-files/jsonl-source.ts'
import { parquet } from '../src/connectors/parquet/parquet-source.ts'
import { sqlite } from '../src/connectors/sqlite/rows.ts'
import type { Source } from '../src/ports/source.ts'

type Row = Readonly<Record<string, unknown>>

/** One value of one type: what stands in the source, the row's value or its problem, and what came of writing it. */
interface Finding {
  readonly type: string
  readonly given: string
  readonly row: string
  readonly back: string
}

const same = 'the same'

/** The tables of `docs/values.md`, in Markdown. */
export async function valueMatrix(): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'offpeak-values-'))
  try {
    const tables = [
      section('SQLite', 'a column of the same type', await ofSqlite(directory)),
      section('DuckDB', 'a Parquet file, which DuckDB reads again', await ofDuckDb(directory)),
      section('Parquet', 'a Parquet file', await ofParquet(directory)),
      section('JSON lines', 'a file of JSON lines', await ofJsonLines(directory)),
      section('CSV', 'a CSV file', await ofCsv(directory)),
    ]
    return tables.join('\n')
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

function section(name: string, sink: string, findings: readonly Finding[]): string {
  const lines = findings.map(
    ({ type, given, row, back }) => `| ${type} | ${code(given)} | ${row} | ${back} |`,
  )
  return [
    `## ${name}\n`,
    `Written back to ${sink}.\n`,
    '| type | in the source | `row` holds | written back |\n|---|---|---|---|',
    ...lines,
    '',
  ].join('\n')
}

/** As Markdown has it, also in a table. */
function code(text: string): string {
  if (text === '') return '(empty)'
  return `\`${text.replaceAll('|', '\\|')}\``
}

function shown(value: unknown): string {
  return value === undefined ? 'nothing' : code(JSON.stringify(value))
}

/** The record with the key 1, or why there is none. */
async function recordOf(
  baseDir: string,
  source: Source<Row>,
): Promise<{ readonly row: Row } | { readonly problem: string }> {
  await using reader = await source.open({ baseDir, databaseUrl: null })
  for await (const { records } of reader.read({ after: null, limit: null, order: 'key', only: null })) {
    const [found] = records
    if (found) return found.problem === undefined ? { row: found.row } : { problem: found.problem }
  }
  throw new Error(`${source.describe} has no record`)
}

async function write(baseDir: string, definition: Row, key: string, values: Row): Promise<void> {
  const context = { baseDir, databaseUrl: null, sourceKey: ['id'], sourceTables: [] }
  await using sink = await openSink(definition, context)
  const [result] = await sink.write([{ key, values }], { mark: null, chunk: key })
  if (result?.kind === 'rejected') throw new Error(result.reason)
}

type Cases = readonly (readonly [type: string, given: string])[]

/** Reads the record whose columns `v0`, `v1` … are these cases, writes it to a file of its own, and reads that. */
async function throughFile(
  baseDir: string,
  cases: Cases,
  source: Source<Row>,
  definition: Row,
  written: Source<Row>,
): Promise<readonly Finding[]> {
  const read = await recordOf(baseDir, source)
  if ('problem' in read) throw new Error(read.problem)
  const { id: _id, ...values } = read.row
  await write(baseDir, definition, '1', values)
  const again = await recordOf(baseDir, written)
  if ('problem' in again) throw new Error(again.problem)
  return cases.map(([type, given], index) => {
    const [row, back] = [shown(read.row[`v${index}`]), shown(again.row[`v${index}`])]
    return { type, given, row, back: back === row ? same : back }
  })
}

/** The expressions of the cases as columns. */
function columnsOf(cases: Cases): string {
  return ['1 as id', ...cases.map(([, given], index) => `${given} as v${index}`)].join(', ')
}

async function ofSqlite(directory: string): Promise<readonly Finding[]> {
  const cases: Cases = [
    ['integer', '7'],
    ['integer', '9223372036854775807'],
    ['real', '0.5'],
    ['real', '9e999'],
    ['numeric', "'1.10'"],
    ['boolean', 'true'],
    ['text', "'é'"],
    ['text', "cast(x'80' as text)"],
    ['date', "'2026-01-31'"],
    ['blob', "x'00ff'"],
    ['', "'1.10'"],
    ['any', 'null'],
  ]
  const database = new DatabaseSync(join(directory, 'values.db'))
  const findings: Finding[] = []
  for (const [index, [type, given]] of cases.entries()) {
    const table = `t${index}`
    database.exec(`create table ${table} (id integer primary key, v ${type});
      insert into ${table} values (1, ${given}), (2, 'not written')`)
    const query = sql`select * from ${rawSql(table)} where id = 1`
    const read = await recordOf(directory, sqlite.rows({ file: 'values.db', query, key: 'id' }))
    const named = type === '' ? 'no type' : type
    if ('problem' in read) {
      findings.push({ type: named, given, row: `a problem: ${read.problem}`, back: 'nothing' })
      continue
    }
    await write(directory, { database: 'values.db', table }, '2', { v: read.row['v'] })
    const [one, two] = database
      .prepare(`select typeof(v) as type, quote(v) as text from ${table} order by id`)
      .all()
    const isSame = one?.['text'] === two?.['text'] && one?.['type'] === two?.['type']
    const back = isSame ? same : `${String(two?.['type'])} ${code(String(two?.['text']))}`
    findings.push({ type: named, given, row: shown(read.row['v']), back })
  }
  database.close()
  return findings
}

/** Values as DuckDB writes them, by the type that they have there. */
const duckDbCases: Cases = [
  ['integer', '7'],
  ['bigint', '9223372036854775807'],
  ['ubigint', '18446744073709551615::ubigint'],
  ['decimal', '12345678901234567.89::decimal(20, 2)'],
  ['float', '0.1::float'],
  ['double', "'nan'::double"],
  ['double', "'-inf'::double"],
  ['boolean', 'true'],
  ['varchar', "'é'"],
  ['blob', "unhex('00ff')"],
  ['blob', "unhex('6162')"],
  ['date', "date '2026-01-31'"],
  ['time', "time '10:20:30.5'"],
  ['timestamp', "timestamp '2026-01-31 10:20:30.123456'"],
  ['timestamp_ns', "timestamp_ns '2026-01-31 10:20:30.123456789'"],
  ['timestamptz', "timestamptz '2026-01-31 10:20:30+02'"],
  ['interval', "interval '14 months 3 days 4.5 seconds'"],
  ['uuid', "uuid '00000000-0000-0000-0000-000000000005'"],
  ['enum', "'a'::enum('a', 'b')"],
  ['json', `'{"a": [1.5]}'::json`],
  ['decimal[]', '[0.10::decimal(9, 2), null]'],
  ['struct', "{'t': time '10:00:00', 'd': 1.5::decimal(4, 2)}"],
  ['map', 'map {0.1::decimal(4, 2): [7]}'],
  ['integer', 'null::integer'],
]

const onlyInDuckDb: Cases = [
  ['hugeint', '170141183460469231731687303715884105727'],
  ['date', "date 'infinity'"],
  ['timestamp', "timestamp '-infinity'"],
  ['timetz', "timetz '10:20:30+02'"],
  ['bit', "'101'::bit"],
  ['union', 'union_value(n := 7)'],
]

async function ofDuckDb(directory: string): Promise<readonly Finding[]> {
  const cases = [...duckDbCases, ...onlyInDuckDb]
  const source = duckdb.rows({ query: sql`select ${rawSql(columnsOf(cases))}`, key: 'id' })
  const written = duckdb.rows({ query: sql`select * from read_parquet('duckdb/*.parquet')`, key: 'key' })
  return throughFile(directory, cases, source, { parquet: 'duckdb' }, written)
}

async function ofParquet(directory: string): Promise<readonly Finding[]> {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  const file = join(directory, 'in.parquet')
  await connection.run(`copy (select ${columnsOf(duckDbCases)}) to '${file}' (format parquet)`)
  connection.closeSync()
  instance.closeSync()
  const source = parquet.rows({ file: 'in.parquet', key: 'id' })
  const written = parquet.rows({ file: 'parquet', key: 'key' })
  return throughFile(directory, duckDbCases, source, { parquet: 'parquet' }, written)
}

async function ofJsonLines(directory: string): Promise<readonly Finding[]> {
  const cases: Cases = [
    ['text', '"é"'],
    ['whole number', '7'],
    ['whole number', '9007199254740991'],
    ['fraction', '1.10'],
    ['boolean', 'true'],
    ['null', 'null'],
    ['list', '[1,[],null]'],
    ['object', '{"a":{"b":0.5}}'],
  ]
  const fields = cases.map(([, given], index) => `"v${index}":${given}`)
  writeFileSync(join(directory, 'in.jsonl'), `{"id":1,${fields.join(',')}}\n`)
  const source = jsonl.rows({ file: 'in.jsonl', key: 'id' })
  const written = jsonl.rows({ file: 'out.jsonl', key: 'key' })
  return throughFile(directory, cases, source, { jsonl: 'out.jsonl' }, written)
}

async function ofCsv(directory: string): Promise<readonly Finding[]> {
  const cases: Cases = [
    ['cell', '7'],
    ['cell', '1.10'],
    ['cell', 'true'],
    ['cell', ''],
    ['quoted cell', '""'],
    ['quoted cell', '"a ""b"", c"'],
    ['cell', ' a '],
  ]
  const names = cases.map((_, index) => `v${index}`)
  const cells = cases.map(([, given]) => given)
  writeFileSync(join(directory, 'in.csv'), `id,${names.join(',')}\n1,${cells.join(',')}\n`)
  const source = csv.rows({ file: 'in.csv', key: 'id' })
  const written = csv.rows({ file: 'out.csv', key: 'key' })
  return throughFile(directory, cases, source, { csv: 'out.csv' }, written)
}
