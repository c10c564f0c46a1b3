import type { Kysely, Transaction } from 'kysely'
import type { AttemptRow } from '../../ports/state.ts'
import type { EventStore } from '../../ports/store/runs.ts'
import type { StoreContext } from '../database/context.ts'
import type { Tables } from '../schema/schema.ts'
import { newestTold } from './told-events.ts'

/** A note of an event, in the transaction in which it happened. */
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

/** A note that an attempt has moved on. */
export async function noteMove(
  trx: Transaction<Tables>,
  attempt: AttemptRow,
  to: string,
  at: number,
  reason?: string,
): Promise<void> {
  await note(trx, attempt.runId, at, 'attempt', {
    batch: attempt.batchN,
    attempt: attempt.n,
    state: to,
    ...(reason === undefined ? {} : { reason }),
  })
}

/** The store of events of runs. */
export function eventStore(context: StoreContext): EventStore {
  const { db } = context
  return {
    events: (runId, after, limit) =>
      db
        .selectFrom('events')
        .selectAll()
        .where('runId', '=', runId)
        .where('id', '>', after)
        .orderBy('id')
        .limit(limit)
        .execute(),
    eventsOfKind: (runId, kind) =>
      db
        .selectFrom('events')
        .selectAll()
        .where('runId', '=', runId)
        .where('kind', '=', kind)
        .orderBy('id')
        .execute(),
    newestEvent: () => newestTold(context),
    addEvent: (runId, at, kind, data) => note(db, runId, at, kind, data),
  }
}
