import { type ColumnDefinitionBuilder, type CreateTableBuilder, type Kysely, sql } from 'kysely'
import type { Migration, MigrationProvider } from 'kysely/migration'
import type { Dialect } from './json-rows.ts'

type Columns = Readonly<Record<string, string>>

const integer = 'bigint'
const required = (column: ColumnDefinitionBuilder): ColumnDefinitionBuilder => column.notNull()

/** Adds columns written as `type`, `type?` (nullable) or `type=default`. */
function table(db: Kysely<unknown>, name: string, columns: Columns): CreateTableBuilder<string, string> {
  let builder: CreateTableBuilder<string, string> = db.schema.createTable(name)
  for (const [column, type] of Object.entries(columns)) {
    const [base = '', fallback] = type.split('=')
    const nullable = base.endsWith('?')
    const sqlType = sql.raw(nullable ? base.slice(0, -1) : base)
    builder = builder.addColumn(column, sqlType, (c) => {
      const kept = nullable ? c : required(c)
      return fallback === undefined
        ? kept
        : kept.defaultTo(Number.isNaN(Number(fallback)) ? fallback : Number(fallback))
    })
  }
  return builder
}

const leased: Columns = {
  epoch: `${integer}=0`,
  holder: 'text?',
  leaseUntil: `${integer}=0`,
  nextAt: `${integer}?`,
}

/** The first schema. Later ones are added below it and never change it. */
function first(dialect: Dialect): Migration {
  const serial =
    dialect === 'sqlite'
      ? 'integer primary key autoincrement'
      : 'bigint generated always as identity primary key'
  return {
    async up(db: Kysely<unknown>) {
      await table(db, 'meta', { value: 'text' })
        .addColumn('key', 'text', (c) => c.primaryKey())
        .execute()
      await table(db, 'runs', {
        job: 'text',
        liveKey: 'text?',
        state: 'text',
        pauseKind: 'text?',
        pauseReason: 'text?',
        pauseShortMicroUsd: `${integer}?`,
        hold: `${integer}=0`,
        spec: 'text',
        createdAt: integer,
        finishedAt: `${integer}?`,
        filesRemoved: `${integer}=0`,
        sourceCursor: 'text?',
        sourceDone: `${integer}=0`,
        sourceMark: 'text?',
        nextSeq: `${integer}=0`,
        nextBatch: `${integer}=0`,
        round: `${integer}=0`,
        fallbackRows: `${integer}=0`,
        selected: `${integer}=0`,
        unchanged: `${integer}=0`,
        folded: `${integer}=0`,
        unsent: 'text={}',
        plan: 'text?',
        ...leased,
      })
        .addColumn('id', 'text', (c) => c.primaryKey())
        .execute()
      await db.schema.createIndex('runs_live').unique().on('runs').column('liveKey').execute()
      await db.schema.createIndex('runs_created').on('runs').columns(['createdAt']).execute()
      await table(db, 'batches', {
        runId: 'text',
        n: integer,
        round: integer,
        lane: 'text',
        tag: 'text',
        bytes: integer,
        requests: integer,
        records: `${integer}=0`,
        mark: 'text?',
        maxTokens: integer,
        maxCostMicroUsd: integer,
        exact: `${integer}=0`,
        counts: 'text={}',
        usage: 'text={}',
        accounting: 'text={}',
      })
        .addPrimaryKeyConstraint('batches_pk', ['runId', 'n'])
        .execute()
      await table(db, 'attempts', {
        runId: 'text',
        batchN: integer,
        n: integer,
        nonce: 'text',
        state: 'text',
        reason: 'text?',
        createdAt: integer,
        reservedMicroUsd: `${integer}=0`,
        reservedTokens: `${integer}=0`,
        possiblyPaidMicroUsd: `${integer}=0`,
        holdsTokens: `${integer}=0`,
        quotaKey: 'text?',
        budgetKeys: 'text=[]',
        filename: 'text?',
        fileId: 'text?',
        triedAt: `${integer}?`,
        looks: `${integer}=0`,
        fencedAt: `${integer}?`,
        providerBatchId: 'text?',
        expiresAt: `${integer}?`,
        remoteTotal: `${integer}=0`,
        remoteCompleted: `${integer}=0`,
        remoteFailed: `${integer}=0`,
        outputFileId: 'text?',
        errorFileId: 'text?',
        outputBytes: `${integer}?`,
        errorBytes: `${integer}?`,
        mergedBytes: `${integer}=0`,
        remoteDeleted: `${integer}=0`,
        tracked: 'text?',
        ...leased,
      })
        .addColumn('id', sql.raw(serial))
        .execute()
      await db.schema.createIndex('attempts_run').on('attempts').columns(['runId', 'batchN']).execute()
      await db.schema.createIndex('attempts_due').on('attempts').columns(['nextAt']).execute()
      const requests = table(db, 'requests', {
        runId: 'text',
        seq: integer,
        key: 'text',
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
      const done = table(db, 'done', {
        job: 'text',
        key: 'text',
        fingerprint: 'text',
        runId: 'text',
        seq: `${integer}?`,
        partOf: 'text?',
        at: integer,
      }).addPrimaryKeyConstraint('done_pk', ['job', 'key'])
      await (dialect === 'sqlite' ? done.modifyEnd(sql`without rowid`) : done).execute()
      await db.schema
        .createIndex('done_parts')
        .on('done')
        .columns(['job', 'partOf'])
        .where(sql.ref('partOf'), 'is not', null)
        .execute()
      await table(db, 'ledger', {
        attemptId: integer,
        kind: 'text',
        runId: 'text',
        job: 'text',
        amountMicroUsd: integer,
        at: integer,
        note: 'text?',
      })
        .addPrimaryKeyConstraint('ledger_pk', ['attemptId', 'kind'])
        .execute()
      await db.schema.createIndex('ledger_run').on('ledger').columns(['runId']).execute()
      await table(db, 'budgets', {
        capMicroUsd: `${integer}?`,
        reservedMicroUsd: `${integer}=0`,
        spentMicroUsd: `${integer}=0`,
      })
        .addColumn('key', 'text', (c) => c.primaryKey())
        .execute()
      await table(db, 'quotas', {
        limitTokens: `${integer}?`,
        usedTokens: `${integer}=0`,
        notBefore: `${integer}=0`,
      })
        .addColumn('key', 'text', (c) => c.primaryKey())
        .execute()
      await table(db, 'events', { runId: 'text', at: integer, kind: 'text', data: 'text' })
        .addColumn('id', sql.raw(serial))
        .execute()
      await db.schema.createIndex('events_run').on('events').columns(['runId', 'id']).execute()
      await table(db, 'tries', {
        job: 'text',
        version: 'text',
        model: 'text',
        key: 'text',
        at: integer,
        outcome: 'text',
        reason: 'text?',
        inputTokens: `${integer}?`,
        outputTokens: `${integer}?`,
        costMicroUsd: `${integer}?`,
      })
        .addColumn('id', sql.raw(serial))
        .execute()
      await db.schema.createIndex('tries_job').on('tries').columns(['job', 'id']).execute()
      if (dialect === 'sqlite') await writeStatistics(db)
    },
  }
}

/** Rows in the index, then how many of them share its first column, its first two. */
const statistics: readonly (readonly [table: string, index: string, figures: string])[] = [
  ['requests', 'requests', '1000000 1000000 1'],
  ['requests', 'requests_key', '1000000 1000000 1'],
  ['requests', 'requests_fingerprint', '1000000 1000000 2'],
  ['requests', 'requests_batch', '1000000 1000000 50000'],
  ['requests', 'requests_folds', '100000 100000 2'],
  ['done', 'done', '1000000 1000000 1'],
]

/**
 * What `analyze` finds in a large state, from the beginning on. Without figures SQLite takes a run for ten requests
 * and reads all of it for every record that is looked up.
 */
async function writeStatistics(db: Kysely<unknown>): Promise<void> {
  await sql`analyze`.execute(db)
  await sql`delete from sqlite_stat1 where tbl in ('requests', 'done')`.execute(db)
  for (const [table, index, figures] of statistics)
    await sql`insert into sqlite_stat1 (tbl, idx, stat) values (${table}, ${index}, ${figures})`.execute(db)
  await sql`analyze sqlite_schema`.execute(db)
}

/** All schemas in order. A released one is never edited. */
export function migrations(dialect: Dialect): MigrationProvider {
  return { getMigrations: async () => ({ '0001_first': first(dialect) }) }
}
