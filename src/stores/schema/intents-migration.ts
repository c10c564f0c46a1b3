import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import { integer, table } from './columns.ts'

/** Intents that lie beside the state and that it did not know, and the ids by which an attempt's answers are matched. */
export const intents: Migration = {
  async up(db: Kysely<unknown>) {
    await table(db, 'intents', {
      job: 'text',
      number: integer,
      inputHash: 'text',
      fate: 'text',
      takenBy: `${integer}?`,
      intent: 'text',
    })
      .addColumn('nonce', 'text', (c) => c.primaryKey())
      .execute()
    await db.schema.alterTable('attempts').addColumn('idTag', 'text').execute()
  },
}
