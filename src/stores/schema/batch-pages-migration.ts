import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Dialect } from '../database/json-rows.ts'

/**
 * The index of a batch's requests has their order too, so that a page of them is read where it lies: without it
 * PostgreSQL reads a run from its beginning up to the batch. It takes the place of the one without, and 34 bytes more a
 * record (41 for 7). In SQLite the index ends in the primary key as it is (https://sqlite.org/withoutrowid.html).
 */
export function batchPages(dialect: Dialect): Migration {
  return {
    async up(db: Kysely<unknown>) {
      if (dialect === 'sqlite') return
      await db.schema.dropIndex('requests_batch').execute()
      await db.schema
        .createIndex('requests_batch')
        .on('requests')
        .columns(['runId', 'batchN', 'seq'])
        .where(sql.ref('batchN'), 'is not', null)
        .execute()
    },
  }
}
