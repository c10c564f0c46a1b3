import { openSink } from '../../src/connectors/open-sink.ts'
import { postgres } from '../../src/connectors/postgres/rows.ts'
import { identifier, joinSql, rawSql, sql } from '../../src/connectors/database/sql.ts'
import type { TestDatabase } from './databases.ts'
import type { ColumnType } from './postgres-types.ts'

/** What became of one value on its way from a source to a sink. */
export interface RoundTrip {
  readonly type: string
  readonly value: string
  /** As PostgreSQL shows it. */
  readonly stored: string | null
  readonly row: unknown
  readonly written: string | null
  readonly becomes: string | null
}

/** Reads every value and writes it back into another column of its type, all in one table. */
export async function roundTrips(
  { url, database }: TestDatabase,
  types: readonly ColumnType[],
): Promise<readonly RoundTrip[]> {
  const columns = types.map(({ type }, index) => `a${index} ${type}, b${index} ${type}`)
  await database.exec(`create table kinds (id int primary key, ${columns.join(', ')})`)
  const most = Math.max(...types.map(({ values }) => values.length))
  for (let id = 0; id < most; id += 1) {
    const values = types.map(({ type, values }) => {
      const value = values[id]
      return value === undefined ? 'null' : type.endsWith('[]') ? value : `${value}::${type}`
    })
    const names = types.map((_, index) => `a${index}`).join(', ')
    await database.exec(`insert into kinds (id, ${names}) values (${id}, ${values.join(', ')})`)
  }
  const context = { baseDir: '/', databaseUrl: url }
  const rows: Record<string, unknown>[] = []
  {
    await using reader = await postgres.rows({ query: sql`select * from kinds`, key: 'id' }).open(context)
    for await (const { records } of reader.read({ after: null, limit: null, order: 'key', only: null }))
      for (const record of records) if (record.problem === undefined) rows.push(record.row)
  }
  await using sink = await openSink(
    { table: 'kinds' },
    { ...context, sourceKey: ['id'], sourceTables: ['public.kinds'] },
  )
  const items = rows.map((row) => ({
    key: String(row['id']),
    values: Object.fromEntries(types.map((_, index) => [`b${index}`, row[`a${index}`]])),
  }))
  const options = { mark: null, chunk: 'kinds' }
  for (const kind of ['written', 'same'] as const) {
    const strange = (await sink.write(items, options)).find((result) => result.kind !== kind)
    if (strange) throw new Error(`A row was to be ${kind}: ${JSON.stringify(strange)}`)
  }
  const texts = joinSql(
    types.flatMap((_, index) =>
      [`a${index}`, `b${index}`].map((name) => sql`${identifier(name)}::text as ${rawSql(name)}`),
    ),
    ', ',
  )
  const stored = await database.query(sql`select ${texts} from kinds order by id`)
  const text = (id: number, name: string): string | null => {
    const value = stored[id]?.[name]
    return typeof value === 'string' ? value : null
  }
  return types.flatMap(({ type, values, becomes = {} }, index) =>
    values.map((value, id) => ({
      type,
      value,
      stored: text(id, `a${index}`),
      row: rows[id]?.[`a${index}`],
      written: text(id, `b${index}`),
      becomes: becomes[value] ?? null,
    })),
  )
}
