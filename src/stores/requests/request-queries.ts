import type { RequestQueryStore } from '../../ports/store/requests.ts'
import type { StoreContext } from '../database/context.ts'
import { noteInBatch } from './dropping-retries.ts'
import { filtered } from './request-filter.ts'
import { countWithin, pageWithin } from './request-pages.ts'
import { rescueStore } from './rescuing.ts'
import { retryingStore } from './retrying.ts'
import { requestGroups } from './request-groups.ts'

const pageSize = 1_000

/** The store of queries about requests. */
export function requestQueryStore(context: StoreContext): RequestQueryStore {
  const { db, dialect, transactUnclaimed } = context
  return {
    ...rescueStore(context),
    ...retryingStore(context),
    request: async (runId, key) =>
      (await db
        .selectFrom('requests')
        .selectAll()
        .where('runId', '=', runId)
        .where('key', '=', key)
        .executeTakeFirst()) ?? null,
    requests: (runId, filter) =>
      filtered(dialect, db.selectFrom('requests').selectAll().where('runId', '=', runId), filter)
        .orderBy('seq')
        .limit(filter.limit ?? pageSize)
        .execute(),
    requestPage: (runId, filter, page) => pageWithin(context, runId, filter, page),
    countRequests: (runId, filter, visit) => countWithin(context, runId, filter, visit),
    async neighbours(runId, seq) {
      const beside = db.selectFrom('requests').select('key').where('runId', '=', runId).limit(1)
      const [previous, next] = await Promise.all([
        beside.where('seq', '<', seq).orderBy('seq', 'desc').executeTakeFirst(),
        beside.where('seq', '>', seq).orderBy('seq').executeTakeFirst(),
      ])
      return { previous: previous?.key ?? null, next: next?.key ?? null }
    },
    requestGroups: (runId) => requestGroups(context, runId),
    markAgain: (runId, filter, deliveryMode) =>
      transactUnclaimed(async (trx) => {
        const wanted = filtered(
          dialect,
          trx.selectFrom('requests').select('seq').where('runId', '=', runId).where('line', 'is not', null),
          filter,
        )
        const marked = await trx
          .selectFrom('requests')
          .select(['batchN', (eb) => eb.fn.countAll<number>().as('count')])
          .where('runId', '=', runId)
          .where('batchN', 'is not', null)
          .where('seq', 'in', wanted)
          .groupBy('batchN')
          .orderBy('batchN')
          .execute()
        const result = await trx
          .updateTable('requests')
          .set({ retryRequested: 1, retryDeliveryMode: deliveryMode })
          .where('runId', '=', runId)
          .where('seq', 'in', wanted)
          .executeTakeFirst()
        for (const { batchN, count } of marked)
          if (batchN !== null) await noteInBatch(context, trx, { runId, n: batchN }, { chosen: count })
        return Number(result.numUpdatedRows)
      }),
  }
}
