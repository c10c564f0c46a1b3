import type { Kysely } from 'kysely'
import { integer, table } from './columns.ts'

/**
 * Tables of the server: callers' keys, answers that may be asked for twice and plans; and the endpoints that it calls.
 */
export async function makeAccess(db: Kysely<unknown>): Promise<void> {
  await table(db, 'keys', {
    name: 'text',
    secretHash: 'text',
    scope: 'text',
    jobs: 'text?',
    budgetMicroUsd: `${integer}?`,
    createdAt: integer,
    expiresAt: `${integer}?`,
    revokedAt: `${integer}?`,
    lastUsedAt: `${integer}?`,
  })
    .addColumn('id', 'text', (c) => c.primaryKey())
    .execute()
  await table(db, 'repeats', { requestHash: 'text', at: integer, status: `${integer}?`, body: 'text?' })
    .addColumn('key', 'text', (c) => c.primaryKey())
    .execute()
  await db.schema.createIndex('repeats_at').on('repeats').columns(['at']).execute()
  await table(db, 'plans', { job: 'text', selection: 'text', plan: 'text', createdAt: integer })
    .addColumn('id', 'text', (c) => c.primaryKey())
    .execute()
  await table(db, 'deliveries', {
    position: integer,
    tries: `${integer}=0`,
    epoch: `${integer}=0`,
    holder: 'text?',
    leaseUntil: `${integer}=0`,
    nextAt: `${integer}=0`,
  })
    .addColumn('endpoint', 'text', (c) => c.primaryKey())
    .execute()
  await db.schema.createIndex('plans_created').on('plans').columns(['createdAt']).execute()
}
