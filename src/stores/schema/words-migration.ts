import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Columns by the words of the field: what stands in them is as it was. */
const renamed = {
  batches: { lane: 'deliveryMode', mark: 'snapshot' },
  attempts: {
    fileId: 'staged',
    outputFileId: 'outputPart',
    errorFileId: 'errorPart',
    fencedAt: 'withdrawnAt',
  },
  requests: {
    again: 'retryRequested',
    againLane: 'retryDeliveryMode',
    blameless: 'infrastructureFailures',
    foldedInto: 'deduplicatedInto',
    folds: 'deduplicatedRecords',
  },
} as const

/**
 * Columns get the names that their meaning has elsewhere, and an attempt that was cancelled before it was sent says so
 * in `ending`, where only the words of its reason did.
 */
export const words: Migration = {
  async up(db: Kysely<unknown>) {
    for (const [table, columns] of Object.entries(renamed))
      for (const [before, now] of Object.entries(columns))
        await db.schema.alterTable(table).renameColumn(before, now).execute()
    await sql`update attempts set ending = 'cancelled' where state = 'void' and reason like 'cancelled%'`.execute(
      db,
    )
  },
}
