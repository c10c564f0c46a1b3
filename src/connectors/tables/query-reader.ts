import { OffpeakError } from '../../domain/errors.ts'
import { keyOf } from '../../domain/record-key.ts'
import type { RepeatedKeys, SourceReader, SourceRecord } from '../../ports/source.ts'
import { joinSql, rawSql, sql } from '../database/sql.ts'
import { keyList, withKey } from '../postgres/selection.ts'
import { queryPages } from './query-pages.ts'
import { everything, type QueryReaderOptions, QueryRows } from './query-rows.ts'

/** A reader of a query's rows by key from a database in a file; see `SourceReader` for the contract. */
export function queryReader<Row>(options: QueryReaderOptions<Row>): SourceReader<Row> {
  const { database, file } = options
  const source = new QueryRows(options)
  return {
    files: () => (file === null ? [] : [file]),
    check: () => checkRows(source),
    count: () => source.count(),
    sample: (size) => sampleOf(source, size),
    repeatedKeys: () => repeatedIn(source),
    read: (readOptions) => queryPages(source, readOptions),
    async reread(keys) {
      const found = new Map<string, Row>()
      for (const one of await source.withKeys(keys))
        if (one.problem === undefined) found.set(one.key, one.row)
      return found
    },
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  }
}

/** Throws E_SOURCE_ROW when none of the first rows can be used. */
async function checkRows<Row>(source: QueryRows<Row>): Promise<void> {
  const { columns } = await source.shape()
  const first = await source.records(
    await source.run(sql`${source.selected.select(everything, source.limit)} limit 20`),
  )
  const [problem] = first.filter((found) => found.problem !== undefined)
  if (!problem || first.some((found) => found.problem === undefined)) return
  throw new OffpeakError(
    'E_SOURCE_ROW',
    `None of the first ${first.length} rows can be used. ${problem.problem ?? ''}`,
    {
      where: source.database.where,
      fix: `Fix the row schema or the query, which has: ${columns.map(({ name }) => name).join(', ')}`,
    },
  )
}

/** Rows in even steps through the order of their keys. */
async function sampleOf<Row>(source: QueryRows<Row>, size: number): Promise<readonly SourceRecord<Row>[]> {
  const { database, selected, key, limit } = source
  const shape = await source.shape()
  const total = await source.count()
  if (total <= size) return source.records(await source.run(selected.select(everything, limit)))
  const stride = Math.floor(total / Math.max(1, size))
  const numbered = selected.select(
    sql`${keyList(key)}, row_number() over (order by ${database.order(shape.key)}) as offpeak_n`,
    limit,
    sql` where ${withKey(key)}`,
  )
  const drawn = await source.run(
    sql`select ${keyList(key, 'n')} from (${numbered}) as n where offpeak_n % ${stride} = 0 order by offpeak_n limit ${size}`,
  )
  const texts = drawn.map((cells) => source.keyText(cells.map((cell) => database.cursorPart(cell) ?? '')))
  const found = new Map((await source.withKeys(texts)).map((one) => [one.key, one]))
  return texts.map((text) => found.get(text)).filter((one) => one !== undefined)
}

/** How many rows have the key of another one, and the key that most of them have. */
async function repeatedIn<Row>(source: QueryRows<Row>): Promise<RepeatedKeys> {
  const { database, selected, key, limit } = source
  const { key: columns } = await source.shape()
  const groups = joinSql(
    columns.map(({ name }, index) => sql`${database.keyGroup(name)} as ${rawSql(`k${index}`)}`),
    ', ',
  )
  const places = joinSql(
    columns.map((_, index) => rawSql(String(index + 1))),
    ', ',
  )
  const grouped = selected.select(
    sql`${groups}, count(*) as n`,
    limit,
    sql` where ${withKey(key)} group by ${places} having count(*) > 1`,
  )
  const names = rawSql(columns.map((_, index) => `k${index}`).join(', '))
  const [first] = await source.run(
    sql`select ${names}, sum(n - 1) over () from (${grouped}) as g order by n desc limit 1`,
  )
  const of = await source.count()
  if (first === undefined) return { records: 0, of, example: null }
  const example = columns.map((column, index) => String(database.plain(first[index], column)))
  return { records: Number(first[columns.length]), of, example: keyOf(example) }
}
