import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import { integer } from './columns.ts'

const wait = {
  waitsFor: 'text?',
  waitingSince: `${integer}?`,
  waitTries: `${integer}=0`,
  waitWords: 'text?',
} as const

const attempt = {
  account: 'text?',
  remoteUsage: 'text?',
  ending: 'text?',
  errors: 'text?',
  fetches: `${integer}=0`,
  acceptedAt: `${integer}?`,
  ...wait,
} as const

/**
 * A migration that gives columns with names to an attempt's end of its batch (`ending`, `errors`, the service's own
 * usage), its account, and what runs and attempts wait for. Before, all of it was read out of `reason`, and `looks`
 * counted five things.
 */
export const evidence: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable('attempts').renameColumn('looks', 'lookups').execute()
    for (const [column, type] of Object.entries(attempt)) await addColumn(db, 'attempts', column, type)
    for (const [column, type] of Object.entries(wait)) await addColumn(db, 'runs', column, type)
    await sql`update attempts set ending = reason, reason = null
      where state in ('collected', 'merged') and reason in ('completed', 'failed', 'expired', 'cancelled', 'lost')`.execute(
      db,
    )
    await sql`update attempts set ending = state where state in ('completed', 'failed', 'expired', 'cancelled')`.execute(
      db,
    )
    await sql`update attempts set errors = reason, reason = null
      where reason like '[%' and state not in ('waiting', 'void', 'fenced')`.execute(db)
    await sql`update attempts set waits_for = 'tokens', waiting_since = created_at, wait_words = reason, reason = null
      where state = 'waiting' and reason like 'waits for enqueued tokens%'`.execute(db)
    await sql`update attempts set waits_for = 'budget', waiting_since = created_at, wait_words = reason, reason = null
      where state = 'waiting' and reason like 'waits for the budget%'`.execute(db)
    // A batch that was denied for some minutes is not given up any more: it is asked for again.
    await sql`update attempts set state = 'in_progress', waits_for = 'batch', waiting_since = fenced_at, wait_words = reason,
      reason = null where state = 'lost'`.execute(db)
    await sql`update attempts set lookups = 0, fenced_at = null
      where state not in ('in_doubt', 'creating', 'fenced', 'void')`.execute(db)
  },
}

/** Adds one column written as `type`, `type?` (nullable) or `type=default`. */
async function addColumn(db: Kysely<unknown>, table: string, column: string, type: string): Promise<void> {
  const [base = '', fallback] = type.split('=')
  await db.schema
    .alterTable(table)
    .addColumn(column, sql.raw(base.replace('?', '')), (c) =>
      fallback === undefined ? c : c.notNull().defaultTo(Number(fallback)),
    )
    .execute()
}
