import { setTimeout as sleep } from 'node:timers/promises'
import type { Sink, SinkItem, SinkResult } from '../../src/ports/sink.ts'
import { openSink } from '../../src/connectors/open-sink.ts'
import { postgres } from '../../src/connectors/postgres/rows.ts'
import { sql, type Sql } from '../../src/connectors/database/sql.ts'
import type { TestDatabase } from './databases.ts'

const createCases = `
  create type verdict as enum ('won', 'lost');
  create table cases (
    id int primary key, headnote text, cost numeric(10, 2), topics text[], meta jsonb, raw json, short varchar(5),
    decided timestamptz, ref uuid, verdict verdict, ok boolean, bytes bytea, twice int generated always as (id * 2) stored,
    positive int check (positive > 0), touched int
  )`

/** A table with a column of many types, and so many rows that have only an id. */
export async function cases(opened: TestDatabase, count: number): Promise<void> {
  await opened.database.exec(
    `${createCases}; insert into cases (id) select i from generate_series(1, ${count}) i`,
  )
}

export function openCases(
  opened: TestDatabase,
  definition: Readonly<Record<string, unknown>>,
  sourceTables: readonly string[] = ['public.cases'],
): Promise<Sink> {
  return openSink(definition, { baseDir: '/', databaseUrl: opened.url, sourceKey: ['id'], sourceTables })
}

/** The mark of a page that is read now. */
export async function markNow(opened: TestDatabase, query: Sql = sql`select id from cases`): Promise<string> {
  // While a transaction of another test is open, all that came after it counts as touched.
  const [last] = await opened.database.query(sql`select pg_current_xact_id()::text as id`)
  for (;;) {
    const [oldest] = await opened.database.query(
      sql`select pg_snapshot_xmin(pg_current_snapshot())::text as id`,
    )
    if (BigInt(String(oldest?.['id'])) > BigInt(String(last?.['id']))) break
    await sleep(20)
  }
  await using reader = await postgres
    .rows({ query, key: 'id' })
    .open({ baseDir: '/', databaseUrl: opened.url })
  for await (const page of reader.read({ after: null, limit: 1, order: 'key', only: null }))
    if (page.mark !== null) return page.mark
  throw new Error('no page')
}

export function kinds(results: readonly SinkResult[]): readonly string[] {
  return results.map(({ kind }) => kind)
}

export function headnotes(ids: readonly number[], text = 'note'): SinkItem[] {
  return ids.map((id) => ({ key: String(id), values: { headnote: `${text} ${id}` } }))
}

export const free = { mark: null, chunk: 'c' }
