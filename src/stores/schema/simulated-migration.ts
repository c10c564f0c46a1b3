import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import { integer } from './columns.ts'

/**
 * A migration that records who answered with each run and attempt, because the configuration of another day cannot
 * tell. Of what was there before nobody knows the account, and nothing of it counts as simulated.
 */
export const simulated: Migration = {
  async up(db: Kysely<unknown>) {
    for (const column of ['provider', 'account'])
      await db.schema.alterTable('runs').addColumn(column, 'text').execute()
    await db.schema.alterTable('attempts').addColumn('provider', 'text').execute()
    for (const name of ['runs', 'attempts', 'tries'])
      await db.schema
        .alterTable(name)
        .addColumn('simulated', integer, (c) => c.notNull().defaultTo(0))
        .execute()
  },
}
