import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'

/**
 * A migration that records what a run may send, so that no step after its beginning pays for what nobody agreed to.
 * Brought answers pay for nothing.
 */
export const spending: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .alterTable('runs')
      .addColumn('maySend', 'text', (c) => c.notNull().defaultTo('all'))
      .execute()
    await db.schema
      .alterTable('runs')
      .addColumn('trial', 'bigint', (c) => c.notNull().defaultTo(0))
      .execute()
    // What was tried is a run of its own from now on, with its money in the ledger; rows without a ledger say nothing.
    await db.schema.dropTable('tries').execute()
    await sql`update runs set may_send = 'nothing' where spec like '%"imported":true%'`.execute(db)
  },
}
