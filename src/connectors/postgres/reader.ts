import { OffpeakError } from '../../domain/errors.ts'
import type { StandardSchema } from '../../domain/standard-schema.ts'
import type { ReadOptions, SourceReader, SourceRecord } from '../../ports/source.ts'
import { rowObject, type Connection, type Database } from '../database/database.ts'
import type { RawRows } from '../database/driver.ts'
import { isTransient } from './errors.ts'
import { everything, keyReader, type Reading, readingStatements, readPages } from './reading.ts'
import { readTable } from './catalogue.ts'
import { keyList, oneOfKeys, selection, withKey } from './selection.ts'
import { tellsRowsApart } from '../tables/sink-table.ts'
import { queryError, readShape, readTables, type Shape } from './shape.ts'
import { keyOf, keyParts } from '../../domain/record-key.ts'
import { checkedRecord, nullKey } from '../record.ts'
import { thinned } from '../pipeline/reservoir.ts'
import { retrying } from '../database/retry.ts'
import { joinSql, rawSql, sql, type Sql } from '../database/sql.ts'

const keysPerStatement = 1_000

export interface ReaderOptions<Row> {
  /** Closed with the reader. */
  readonly database: Database
  readonly query: Sql
  readonly key: readonly string[]
  readonly row: StandardSchema<unknown, Row>
  /** The source's own limit. */
  readonly limit: number | null
}

/** Reads a query's rows; see `SourceReader` for the contract. */
export function postgresReader<Row>(options: ReaderOptions<Row>): SourceReader<Row> {
  const { database, query, key, row, limit } = options
  const selected = selection(query, key)
  let knownShape: Promise<Shape> | null = null

  /** Runs statements in a read-only transaction, again when the connection is lost; failures tell the query's place. */
  const inSnapshot = async <T>(
    act: (connection: Connection, run: (statement: Sql) => Promise<RawRows>) => Promise<T>,
  ): Promise<T> => {
    let statement: Sql | null = null
    try {
      return await retrying(
        () =>
          database.transaction('read only', (connection) =>
            act(connection, (next) => {
              statement = next
              return connection.raw(next)
            }),
          ),
        isTransient,
      )
    } catch (thrown) {
      throw queryError(thrown, statement, selected.query, database.where)
    }
  }
  const shape = (): Promise<Shape> => {
    knownShape ??= inSnapshot((connection, run) =>
      readShape({ ...connection, raw: run }, selected, key),
    ).catch((thrown: unknown) => {
      knownShape = null
      throw thrown
    })
    return knownShape
  }
  const record =
    ({ decoders }: Shape): Reading<Row>['record'] =>
    (raw, cells, parts) =>
      checkedRecord(keyOf(parts), rowObject(raw.columns, cells, decoders), row)
  const records = async (raw: RawRows): Promise<SourceRecord<Row>[]> => {
    const partsOf = keyReader(raw, key)
    const recordOf = record(await shape())
    const found: SourceRecord<Row>[] = []
    let nulls = 0
    for (const cells of raw.rows) {
      const parts = partsOf(cells)
      found.push(parts ? await recordOf(raw, cells, parts) : nullKey((nulls += 1), key))
    }
    return found
  }
  const everyRow: ReadOptions = { after: null, limit: null, order: 'key', only: null }

  return {
    async check() {
      const known = await shape()
      const whole = readingStatements(selected, known.key, everyRow, limit)
      await inSnapshot((_, run) => run(sql`explain ${whole.rows(null, 'all keys')}`))
      const first = await inSnapshot((_, run) => run(sql`${selected.select(everything, limit)} limit 20`))
      const problems = (await records(first)).filter((found) => found.problem !== undefined)
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
    },
    async count() {
      const { rows } = await inSnapshot((_, run) => run(selected.select(rawSql('count(*)'), limit)))
      return Number(rows[0]?.[0] ?? 0)
    },
    async sample(size) {
      await shape()
      const raw = await inSnapshot(async (_, run) => {
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
      return records(raw)
    },
    async repeatedKeys() {
      const { key: columns, columns: all } = await shape()
      return await inSnapshot(async (connection, run) => {
        const within = { ...connection, raw: run }
        const tables = await readTables(within, selected.query, key, all)
        const [table] = tables
        // Its index says so already, and reading the keys of a large table takes long.
        if (table !== undefined && tables.length === 1) {
          const found = await readTable(connection, table, database.where).catch(() => null)
          if (found && tellsRowsApart(found, key)) return { records: 0, of: 0, example: null }
        }
        const names = columns.map((_, index) => `k${index}`)
        const texts = columns.map(
          ({ name }, index) => sql`${keyList([name])}::text as ${rawSql(`k${index}`)}`,
        )
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
    },
    async *read(readOptions) {
      if (readOptions.limit === 0 || readOptions.only?.length === 0) return
      const known = await shape()
      const countNulls = (statement: Sql): Promise<number> =>
        inSnapshot(async (_, run) => Number((await run(statement)).rows[0]?.[0] ?? 0))
      yield* readPages(
        { database, selected, key: known.key, limit, record: record(known), countNulls },
        readOptions,
      )
    },
    async reread(keys) {
      const { key: columns } = await shape()
      const found = new Map<string, Row>()
      for (let start = 0; start < keys.length; start += keysPerStatement) {
        const parts = keys.slice(start, start + keysPerStatement).map(keyParts)
        const raw = await inSnapshot((_, run) =>
          run(selected.select(everything, null, sql` where ${oneOfKeys(columns, parts)}`)),
        )
        for (const one of await records(raw)) if (one.problem === undefined) found.set(one.key, one.row)
      }
      return found
    },
    async tables() {
      const { columns } = await shape()
      return inSnapshot((connection, run) =>
        readTables({ ...connection, raw: run }, selected.query, key, columns),
      )
    },
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  }
}
