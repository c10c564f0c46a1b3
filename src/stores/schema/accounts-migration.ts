import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** The account that a batch was given to, noted before anything of it is sent: a job may have several. */
export const accounts: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable('attempts').addColumn('assignedAccount', 'text').execute()
  },
}
