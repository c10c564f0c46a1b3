import { sql } from 'kysely'
import type { AttemptRow } from '../../ports/state.ts'
import { note } from '../runs/events.ts'
import { newestTold } from '../runs/told-events.ts'
import type { ReadStore } from '../../ports/store/reading.ts'
import type { StoreContext } from '../database/context.ts'

const valuesPerStatement = 500

/** What people ask for. */
export function readingStore(context: StoreContext): ReadStore {
  const { db, transactUnclaimed } = context
  return {
    async ledger({ runId, jobs, since, simulated }) {
      if (jobs?.length === 0) return []
      let query = db.selectFrom('ledger').selectAll().orderBy('at')
      if (runId !== undefined) query = query.where('runId', '=', runId)
      if (jobs !== undefined) query = query.where('job', 'in', [...jobs])
      if (since !== undefined) query = query.where('at', '>=', since)
      if (simulated !== undefined)
        query = query.where('runId', simulated ? 'in' : 'not in', (eb) =>
          eb.selectFrom('runs').select('id').where('simulated', '=', 1),
        )
      return query.execute()
    },
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
    markDone: (job, key, fingerprint, now) =>
      transactUnclaimed(async (trx) => {
        const done = { fingerprint, runId: '', seq: null, partOf: null, at: now }
        await trx
          .insertInto('done')
          .values({ job, key, ...done })
          .onConflict((conflict) => conflict.columns(['job', 'key']).doUpdateSet(done))
          .execute()
      }),
    remarkDone: (job, runId, mark) =>
      transactUnclaimed(async (trx) => {
        await trx
          .updateTable('done')
          .set({ fingerprint: sql<string>`${mark} || substr(fingerprint, ${sql.lit(mark.length + 1)})` })
          .where('job', '=', job)
          .where('runId', '=', runId)
          .where('fingerprint', 'like', 'm%')
          .execute()
      }),
    async attemptsWith(column, values) {
      const found: AttemptRow[] = []
      for (let at = 0; at < values.length; at += valuesPerStatement)
        found.push(
          ...(await db
            .selectFrom('attempts')
            .selectAll()
            .where(column, 'in', values.slice(at, at + valuesPerStatement))
            .orderBy('id')
            .execute()),
        )
      return found
    },
    quota: async (key) =>
      (await db.selectFrom('quotas').selectAll().where('key', '=', key).executeTakeFirst()) ?? null,
    quotas: () => db.selectFrom('quotas').selectAll().orderBy('key').execute(),
    setQuota: (key, changes) =>
      transactUnclaimed(async (trx) => {
        await trx
          .insertInto('quotas')
          .values({
            key,
            limitTokens: changes.limitTokens ?? null,
            usedTokens: 0,
            notBefore: changes.notBefore ?? 0,
          })
          .onConflict((conflict) => conflict.column('key').doUpdateSet({ key, ...changes }))
          .execute()
      }),
  }
}
