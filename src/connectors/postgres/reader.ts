import { OffpeakError } from '../../domain/errors.ts'
import { keyOf, keyParts } from '../../domain/record-key.ts'
import type { ReadOptions, RepeatedKeys, SourceReader, SourceRecord } from '../../ports/source.ts'
import { joinSql, rawSql, sql, type Sql } from '../database/sql.ts'
import { thinned } from '../pipeline/reservoir.ts'
import { tellsRowsApart } from '../tables/sink-table.ts'
import { readTable } from './catalogue.ts'
import { QueryRows, type ReaderOptions } from './query-rows.ts'
import { everything, readingStatements, readPages } from './reading.ts'
import { keyList, oneOfKeys, withKey } from './selection.ts'
import { readTables } from './shape.ts'

const keysPerStatement = 1_000
const everyRow: ReadOptions = { after: null, limit: null, order: 'key', only: null }

/** A reader of a query's rows; see `SourceReader` for the contract. */
export function postgresReader<Row>(options: ReaderOptions<Row>): SourceReader<Row> {
  const source = new QueryRows(options)
  const { database, selected, key, limit } = source
  return {
    check: () => checkRows(source),
    count: () => source.count(),
    sample: (size) => sampleOf(source, size),
    repeatedKeys: () => repeatedIn(source),
    async *read(readOptions) {
      if (readOptions.limit === 0 || readOptions.only?.length === 0) return
      const known = await source.shape()
      const countNulls = (statement: Sql): Promise<number> =>
        source.inSnapshot(async (_, run) => Number((await run(statement)).rows[0]?.[0] ?? 0))
      yield* readPages(
        { database, selected, key: known.key, limit, record: source.recordOf(known), countNulls },
        readOptions,
      )
    },
    reread: (keys) => rowsOfKeys(source, keys),
    async tables() {
      const { columns } = await source.shape()
      return source.inSnapshot((connection, run) =>
        readTables({ ...connection, raw: run }, selected.query, key, columns),
      )
    },
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  }
}

/** Throws E_SOURCE_QUERY when the reading cannot be planned, and E_SOURCE_ROW when none of the first rows can be used. */
async function checkRows<Row>(source: QueryRows<Row>): Promise<void> {
  const { selected, limit } = source
  const known = await source.shape()
  const whole = readingStatements(selected, known.key, everyRow, limit)
  await source.inSnapshot((_, run) => run(sql`explain ${whole.rows(null, 'all keys')}`))
  const first = await source.inSnapshot((_, run) => run(sql`${selected.select(everything, limit)} limit 20`))
  const problems = (await source.records(first)).filter((found) => found.problem !== undefined)
  const [problem] = problems
  if (problem && problems.length === first.rows.length) {
    throw new OffpeakError(
      'E_SOURCE_ROW',
      `None of the first ${problems.length} rows can be used. ${problem.problem ?? ''}`,
      {
        fix: `Fix the row schema or the query, which has: ${known.columns.join(', ')}`,
      },
    )
  }
}

/** Rows by chance, the same ones each time. */
async function sampleOf<Row>(source: QueryRows<Row>, size: number): Promise<readonly SourceRecord<Row>[]> {
  const { selected, limit } = source
  await source.shape()
  const raw = await source.inSnapshot(async (_, run) => {
    const { rows } = await run(selected.select(rawSql('count(*)'), limit))
    const total = Number(rows[0]?.[0] ?? 0)
    if (total <= size) return run(selected.select(everything, limit))
    // Some more than wanted are drawn, so that chance hardly ever leaves too few; what is over is thinned evenly.
    const drawn = size + 4 * Math.sqrt(size) + 8
    await run(sql`select setseed(0.25)`)
    const some = sql` where random() < ${drawn / total}::text::float8 limit ${Math.ceil(2 * drawn)}`
    const found = await run(selected.select(everything, limit, some))
    if (found.rows.length === 0) return run(sql`${selected.select(everything, limit)} limit ${size}`)
    return { ...found, rows: thinned(found.rows, size) }
  })
  return source.records(raw)
}

/** How many rows have the key of another one, and the key that most of them have. */
async function repeatedIn<Row>(source: QueryRows<Row>): Promise<RepeatedKeys> {
  const { database, selected, key, limit } = source
  const { key: columns, columns: all } = await source.shape()
  return await source.inSnapshot(async (connection, run) => {
    const within = { ...connection, raw: run }
    const tables = await readTables(within, selected.query, key, all)
    const [table] = tables
    // Its index says so already, and reading the keys of a large table takes long.
    if (table !== undefined && tables.length === 1) {
      const found = await readTable(connection, table, database.where).catch(() => null)
      if (found && tellsRowsApart(found, key)) return { records: 0, of: 0, example: null }
    }
    const names = columns.map((_, index) => `k${index}`)
    const texts = columns.map(({ name }, index) => sql`${keyList([name])}::text as ${rawSql(`k${index}`)}`)
    const grouped = selected.select(
      sql`${joinSql(texts, ', ')}, count(*) as n`,
      limit,
      sql` where ${withKey(key)} group by ${rawSql(columns.map((_, index) => String(index + 1)).join(', '))} having count(*) > 1`,
    )
    const { rows } = await run(
      sql`select ${rawSql(names.join(', '))}, sum(n - 1) over () from (${grouped}) as g order by n desc limit 1`,
    )
    const [first] = rows
    if (first === undefined) return { records: 0, of: 0, example: null }
    const { rows: counted } = await run(selected.select(rawSql('count(*)'), limit))
    return {
      records: Number(first[names.length]),
      of: Number(counted[0]?.[0] ?? 0),
      example: keyOf(first.slice(0, names.length).map(String)),
    }
  })
}

async function rowsOfKeys<Row>(
  source: QueryRows<Row>,
  keys: readonly string[],
): Promise<ReadonlyMap<string, Row>> {
  const { selected } = source
  const { key: columns } = await source.shape()
  const found = new Map<string, Row>()
  for (let start = 0; start < keys.length; start += keysPerStatement) {
    const parts = keys.slice(start, start + keysPerStatement).map(keyParts)
    const raw = await source.inSnapshot((_, run) =>
      run(selected.select(everything, null, sql` where ${oneOfKeys(columns, parts)}`)),
    )
    for (const one of await source.records(raw)) if (one.problem === undefined) found.set(one.key, one.row)
  }
  return found
}
