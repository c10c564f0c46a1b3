import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { CamelCasePlugin, Kysely } from 'kysely'
import type { RunRow } from '../../ports/state.ts'
import { postgresDialect } from '../database/postgres.ts'
import type { Tables } from '../schema/schema.ts'

export type RecentRun = Pick<RunRow, 'id' | 'job' | 'state'>

const busyTimeoutMs = 200

/**
 * The newest runs of a state at a file path or a `postgres://` URL, without opening it for work: nothing is made,
 * migrated or locked. None where no state is yet; throws whatever the database says otherwise.
 */
export async function recentRuns(location: string, limit: number): Promise<readonly RecentRun[]> {
  return /^postgres(ql)?:\/\//.test(location) ? fromPostgres(location, limit) : fromFile(location, limit)
}

function fromFile(path: string, limit: number): readonly RecentRun[] {
  if (!existsSync(path)) return []
  const db = new DatabaseSync(path, { readOnly: true, timeout: busyTimeoutMs })
  try {
    const rows = db.prepare('select id, job, state from runs order by created_at desc limit ?').all(limit)
    // The columns of our own table, as `schema.ts` has them.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    return rows as unknown as readonly RecentRun[]
  } finally {
    db.close()
  }
}

async function fromPostgres(url: string, limit: number): Promise<readonly RecentRun[]> {
  const db = new Kysely<Tables>({
    dialect: await postgresDialect(url, 1, 'offpeak completion'),
    plugins: [new CamelCasePlugin()],
  })
  try {
    return await db
      .transaction()
      .setAccessMode('read only')
      .execute((trx) =>
        trx
          .selectFrom('runs')
          .select(['id', 'job', 'state'])
          .orderBy('createdAt', 'desc')
          .limit(limit)
          .execute(),
      )
  } finally {
    await db.destroy()
  }
}
