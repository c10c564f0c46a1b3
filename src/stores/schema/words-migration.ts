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
  intents: { fate: 'status' },
} as const

/** The same for what stands as JSON in a column. */
const inJson = [
  { table: 'runs', key: 'id', column: 'spec', names: { lane: 'deliveryMode' } },
  {
    table: 'intents',
    key: 'nonce',
    column: 'intent',
    names: { lineage: 'projectId', lane: 'deliveryMode', fileId: 'staged' },
  },
] as const

/**
 * Columns get the names that their meaning has elsewhere, and an attempt that was cancelled before it was sent says so
 * in `ending`, where only the words of its reason did.
 */
export const words: Migration = {
  async up(db: Kysely<unknown>) {
    for (const [table, columns] of Object.entries(renamed))
      for (const [before, now] of Object.entries(columns))
        await db.schema.alterTable(table).renameColumn(before, now).execute()
    for (const { table, key, column, names } of inJson) {
      const { rows } = await sql<{ id: string; text: string }>`
        select ${sql.ref(key)} as id, ${sql.ref(column)} as text from ${sql.table(table)}`.execute(db)
      for (const { id, text } of rows)
        await sql`
          update ${sql.table(table)} set ${sql.ref(column)} = ${JSON.stringify(withNames(JSON.parse(text), names))}
          where ${sql.ref(key)} = ${id}`.execute(db)
    }
    await sql`update attempts set ending = 'cancelled' where state = 'void' and reason like 'cancelled%'`.execute(
      db,
    )
  },
}

/** The same object with some of its fields renamed, and those of the fallback that a run's snapshot holds. */
function withNames(value: unknown, names: Readonly<Record<string, string>>): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [
      names[name] ?? name,
      name === 'fallback' ? withNames(field, names) : field,
    ]),
  )
}
