import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'

/**
 * A run that is built and waits to be sent is paused for its `submit`. Before, that was `held`, which is the outcome of an
 * answer that waits for the other parts of its record, and nothing else now.
 */
export const submit: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`update runs set pause_kind = 'submit' where pause_kind = 'held'`.execute(db)
  },
}
