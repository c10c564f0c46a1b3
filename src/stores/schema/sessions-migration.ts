import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import { integer, table } from './columns.ts'

/** Sessions of the dashboard, so that one can be ended: before, a cookie was its own proof for thirty days. */
export const sessions: Migration = {
  async up(db: Kysely<unknown>) {
    await table(db, 'sessions', { caller: 'text', mark: 'text', createdAt: integer, expiresAt: integer })
      .addColumn('id', 'text', (c) => c.primaryKey())
      .execute()
    await db.schema.createIndex('sessions_caller').on('sessions').columns(['caller', 'createdAt']).execute()
    await db.schema.createIndex('sessions_expires').on('sessions').columns(['expiresAt']).execute()
  },
}
