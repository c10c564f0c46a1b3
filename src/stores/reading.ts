import type { SelectQueryBuilder } from 'kysely'
import type { AttemptRow } from '../ports/state.ts'
import type { RequestFilter } from '../ports/filters.ts'
import { note } from './events.ts'
import type { ReadStore } from '../ports/store-reading.ts'
import type { StoreContext } from './context.ts'
import type { Tables } from './schema.ts'

const pageSize = 1_000
const valuesPerStatement = 500

/** What people ask for. */
export function readingStore({ db }: StoreContext): ReadStore {
  return {
    request: async (runId, key) =>
      (await db
        .selectFrom('requests')
        .selectAll()
        .where('runId', '=', runId)
        .where('key', '=', key)
        .executeTakeFirst()) ?? null,
    requests: (runId, filter) =>
      filtered(db.selectFrom('requests').selectAll().where('runId', '=', runId), filter)
        .orderBy('seq')
        .limit(filter.limit ?? pageSize)
        .execute(),
    async requestGroups(runId) {
      const rows = await db
        .selectFrom('requests')
        .select(['outcome', 'reason'])
        .select((eb) => [eb.fn.countAll<number>().as('count'), eb.fn.min('key').as('example')])
        .where('runId', '=', runId)
        .where('outcome', 'not in', ['merged', 'pending'])
        .groupBy(['outcome', 'reason'])
        .execute()
      return rows
    },
    async markAgain(runId, filter, lane) {
      const wanted = filtered(
        db.selectFrom('requests').select('seq').where('runId', '=', runId).where('line', 'is not', null),
        filter,
      )
      const result = await db
        .updateTable('requests')
        .set({ again: 1, againLane: lane })
        .where('runId', '=', runId)
        .where('seq', 'in', wanted)
        .executeTakeFirst()
      return Number(result.numUpdatedRows)
    },
    ledger({ runId, since }) {
      let query = db.selectFrom('ledger').selectAll().orderBy('at')
      if (runId !== undefined) query = query.where('runId', '=', runId)
      if (since !== undefined) query = query.where('at', '>=', since)
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
    addEvent: (runId, at, kind, data) => note(db, runId, at, kind, data),
    async recordTry(tried) {
      await db.insertInto('tries').values(tried).execute()
    },
    async markDone(job, key, fingerprint, now) {
      const done = { fingerprint, runId: '', seq: null, partOf: null, at: now }
      await db
        .insertInto('done')
        .values({ job, key, ...done })
        .onConflict((conflict) => conflict.columns(['job', 'key']).doUpdateSet(done))
        .execute()
    },
    tries: (job, limit) =>
      db.selectFrom('tries').selectAll().where('job', '=', job).orderBy('id', 'desc').limit(limit).execute(),
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
    async setQuota(key, changes) {
      await db
        .insertInto('quotas')
        .values({
          key,
          limitTokens: changes.limitTokens ?? null,
          usedTokens: 0,
          notBefore: changes.notBefore ?? 0,
        })
        .onConflict((conflict) => conflict.column('key').doUpdateSet({ key, ...changes }))
        .execute()
    },
  }
}

function filtered<Picked>(
  query: SelectQueryBuilder<Tables, 'requests', Picked>,
  filter: RequestFilter,
): SelectQueryBuilder<Tables, 'requests', Picked> {
  let narrowed = query
  if (filter.outcomes) narrowed = narrowed.where('outcome', 'in', [...filter.outcomes])
  if (filter.reason !== undefined) narrowed = narrowed.where('reason', 'like', `%${filter.reason}%`)
  if (filter.batchN !== undefined) narrowed = narrowed.where('batchN', '=', filter.batchN)
  if (filter.keys) {
    const keys = [...filter.keys]
    narrowed = narrowed.where((where) => where.or([where('key', 'in', keys), where('partOf', 'in', keys)]))
  }
  if (filter.afterSeq !== undefined) narrowed = narrowed.where('seq', '>', filter.afterSeq)
  return narrowed
}
