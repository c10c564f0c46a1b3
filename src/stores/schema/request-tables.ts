import { type Kysely, type RawBuilder, sql } from 'kysely'
import { integer, table } from './columns.ts'
import type { Dialect } from '../database/json-rows.ts'

/**
 * The largest table of the state with its indexes, and what became of tries before the last one. In PostgreSQL keys
 * are compared byte by byte, as SQLite does, so that the beginning of a key finds them by the index.
 */
export async function makeRequests(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  let requests = table(db, 'requests', {
    runId: 'text',
    seq: integer,
    key: dialect === 'postgres' ? 'text collate "C"' : 'text',
    fingerprint: 'text',
    rowHash: 'text',
    batchN: `${integer}?`,
    line: `${integer}?`,
    fileTag: 'text?',
    fileOffset: `${integer}?`,
    fileLength: `${integer}?`,
    rowOffset: `${integer}?`,
    rowLength: `${integer}?`,
    outcome: 'text',
    reason: 'text?',
    tries: `${integer}=0`,
    blameless: `${integer}=0`,
    again: `${integer}=0`,
    againLane: 'text?',
    foldedInto: `${integer}?`,
    folds: `${integer}=0`,
    partOf: 'text?',
    partIndex: `${integer}?`,
    parts: `${integer}?`,
    joined: `${integer}=0`,
    attemptId: `${integer}?`,
    answerFile: 'text?',
    answerOffset: `${integer}?`,
    answerLength: `${integer}?`,
    inputTokens: `${integer}?`,
    outputTokens: `${integer}?`,
    costPicoUsd: `${integer}?`,
    scorePermille: `${integer}?`,
  }).addPrimaryKeyConstraint('requests_pk', ['runId', 'seq'])
  // An index that has the outcome would make PostgreSQL write all indexes anew for every record that is merged: there
  // a column of its own says what went wrong, which stays what it was when all goes well.
  if (dialect === 'postgres')
    requests = requests.addColumn('troubled', sql.raw(integer), (column) =>
      column.generatedAlwaysAs(sql`case when outcome in ('merged', 'pending') then 0 else 1 end`).stored(),
    )
  await (
    dialect === 'sqlite'
      ? requests.modifyEnd(sql`without rowid`)
      : requests.modifyEnd(sql`with (fillfactor = 80)`)
  ).execute()
  await db.schema.createIndex('requests_key').unique().on('requests').columns(['runId', 'key']).execute()
  await db.schema
    .createIndex('requests_fingerprint')
    .on('requests')
    .columns(['runId', 'fingerprint'])
    .execute()
  await db.schema.createIndex('requests_batch').on('requests').columns(['runId', 'batchN']).execute()
  await db.schema
    .createIndex('requests_folds')
    .on('requests')
    .columns(['runId', 'foldedInto'])
    .where(sql.ref('foldedInto'), 'is not', null)
    .execute()
  await db.schema
    .createIndex('requests_parts')
    .on('requests')
    .columns(['runId', 'partOf'])
    .where(sql<boolean>`part_of is not null and joined = 0`)
    .execute()
  // What is neither written nor waited for is a small part of a run that goes well, and what people look at.
  await db.schema
    .createIndex('requests_troubled')
    .on('requests')
    .columns(['runId', 'seq', ...(dialect === 'sqlite' ? ['outcome'] : [])])
    .where(troubled(dialect))
    .execute()
  // A query of SQLite stops the whole process, so that it is spared reading the rows.
  if (dialect === 'sqlite')
    await db.schema
      .createIndex('requests_reasons')
      .on('requests')
      .columns(['runId', 'outcome', 'reason', 'seq'])
      .where(troubled(dialect))
      .execute()
  const past = table(db, 'pastTries', {
    runId: 'text',
    seq: integer,
    n: integer,
    batchN: `${integer}?`,
    attemptId: `${integer}?`,
    line: `${integer}?`,
    outcome: 'text',
    reason: 'text?',
    answerFile: 'text?',
    answerOffset: `${integer}?`,
    answerLength: `${integer}?`,
    inputTokens: `${integer}?`,
    outputTokens: `${integer}?`,
    costPicoUsd: `${integer}?`,
  }).addPrimaryKeyConstraint('past_tries_pk', ['runId', 'seq', 'n'])
  await (dialect === 'sqlite' ? past.modifyEnd(sql`without rowid`) : past).execute()
}

/** Neither merged nor pending: said word for word like this, a query is seen to be about the indexes above. */
export function troubled(dialect: Dialect): RawBuilder<boolean> {
  return dialect === 'sqlite' ? sql`outcome not in ('merged', 'pending')` : sql`troubled = 1`
}

/** Rows in the index, then how many of them share its first column, its first two. */
const statistics: readonly (readonly [table: string, index: string, figures: string])[] = [
  ['requests', 'requests', '1000000 1000000 1'],
  ['requests', 'requests_key', '1000000 1000000 1'],
  ['requests', 'requests_fingerprint', '1000000 1000000 2'],
  ['requests', 'requests_batch', '1000000 1000000 50000'],
  ['requests', 'requests_folds', '100000 100000 2'],
  ['requests', 'requests_troubled', '50000 50000 1 1'],
  ['requests', 'requests_reasons', '50000 50000 5000 500 1'],
  ['done', 'done', '1000000 1000000 1'],
]

/**
 * Statistics as `analyze` finds them in a large state, from the beginning on. Without figures SQLite takes a run for
 * ten requests and reads all of it for every record that is looked up.
 */
export async function writeStatistics(db: Kysely<unknown>): Promise<void> {
  await sql`analyze`.execute(db)
  await sql`delete from sqlite_stat1 where tbl in ('requests', 'done')`.execute(db)
  for (const [table, index, figures] of statistics)
    await sql`insert into sqlite_stat1 (tbl, idx, stat) values (${table}, ${index}, ${figures})`.execute(db)
  await sql`analyze sqlite_schema`.execute(db)
}
