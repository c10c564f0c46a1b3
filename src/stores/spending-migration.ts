import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'

/** What a run may send, so that no step after its beginning pays for what nobody agreed to. Brought answers pay for nothing. */
export const spending: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .alterTable('runs')
      .addColumn('maySend', 'text', (c) => c.notNull().defaultTo('all'))
      .execute()
    await sql`update runs set may_send = 'nothing' where spec like '%"imported":true%'`.execute(db)
  },
}
