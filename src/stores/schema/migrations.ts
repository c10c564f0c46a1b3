import { type Kysely, sql } from 'kysely'
import type { Migration, MigrationProvider } from 'kysely/migration'
import { makeAccess } from './access-tables.ts'
import { batchPages } from './batch-pages-migration.ts'
import { integer, table } from './columns.ts'
import { evidence } from './evidence-migration.ts'
import { intents } from './intents-migration.ts'
import type { Dialect } from '../database/json-rows.ts'
import { makeRequests, writeStatistics } from './request-tables.ts'
import { makeReviews } from './review-tables.ts'
import { sessions } from './sessions-migration.ts'
import { words } from './words-migration.ts'
import { sinkRows } from './sink-rows-migration.ts'
import { submit } from './submit-migration.ts'
import { simulated } from './simulated-migration.ts'
import { spending } from './spending-migration.ts'
import { standingTries } from './standing-tries-migration.ts'

const leased = {
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
      await db.schema.createIndex('runs_created').on('runs').columns(['createdAt', 'id']).execute()
      await db.schema.createIndex('runs_job').on('runs').columns(['job', 'createdAt', 'id']).execute()
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
        collectedAt: `${integer}?`,
        mergedBytes: `${integer}=0`,
        remoteDeleted: `${integer}=0`,
        tracked: 'text?',
        ...leased,
      })
        .addColumn('id', sql.raw(serial))
        .execute()
      await db.schema.createIndex('attempts_run').on('attempts').columns(['runId', 'batchN']).execute()
      await db.schema.createIndex('attempts_due').on('attempts').columns(['nextAt']).execute()
      await makeRequests(db, dialect)
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
      await makeAccess(db)
      await makeReviews(db)
      if (dialect === 'sqlite') await writeStatistics(db)
    },
  }
}

/** All schemas in order. A released one is never edited. */
export function migrations(dialect: Dialect): MigrationProvider {
  return {
    getMigrations: async () => ({
      '0001_first': first(dialect),
      '0002_evidence': evidence,
      '0003_batch_pages': batchPages(dialect),
      '0004_intents': intents,
      '0005_sessions': sessions,
      '0006_simulated': simulated,
      '0007_tries': spending,
      '0010_submit': submit,
      '0020_standing_tries': standingTries,
      '0022_sink_rows': sinkRows(dialect),
      '0040_words': words,
    }),
  }
}
