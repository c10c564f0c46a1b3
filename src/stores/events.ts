import type { Kysely } from 'kysely'
import type { Tables } from './schema.ts'

/** Notes what happened, in the transaction in which it happened. */
export async function note(
  db: Kysely<Tables>,
  runId: string,
  at: number,
  kind: string,
  data: Readonly<Record<string, unknown>>,
): Promise<void> {
  await db
    .insertInto('events')
    .values({ runId, at, kind, data: JSON.stringify(data) })
    .execute()
}
