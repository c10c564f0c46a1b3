import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import { integer } from './columns.ts'

const remembered = {
  fileTag: 'text',
  fileOffset: integer,
  fileLength: integer,
  rowOffset: integer,
  rowLength: integer,
  scorePermille: integer,
} as const

/**
 * A try that was followed by another one is remembered whole, so that it can stand again: before, the place of its request
 * and its score were forgotten. Of tries that were followed before, they stay unknown.
 */
export const standingTries: Migration = {
  async up(db: Kysely<unknown>) {
    for (const [name, type] of Object.entries(remembered))
      await db.schema.alterTable('pastTries').addColumn(name, type).execute()
    await db.schema.alterTable('requests').addColumn('standingTry', integer).execute()
  },
}
