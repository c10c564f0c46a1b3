import { sql } from 'kysely'
import type { RequestStore } from '../ports/store-requests.ts'
import type { StoreContext } from './context.ts'
import { jsonRows } from './json-rows.ts'
import { filtered } from './request-filter.ts'
import { countWithin, pageWithin } from './request-pages.ts'
import { rescueStore } from './rescuing.ts'
import { retryingStore } from './retrying.ts'
import { requestGroups } from './request-groups.ts'

const pageSize = 1_000

/** What people ask about requests. */
export function requestStore(context: StoreContext): RequestStore {
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
    pastTries: (runId, seq) =>
      db
        .selectFrom('pastTries')
        .selectAll()
        .where('runId', '=', runId)
        .where('seq', '=', seq)
        .orderBy('n')
        .execute(),
    async pastCosts(runId, seqs) {
      const wanted = jsonRows(
        dialect,
        seqs.map((seq) => ({ seq })),
        { seq: 'integer' },
      )
      const { rows } = await sql<{ seq: number; cost: number }>`with wanted as materialized (${wanted})
        select past_tries.seq, cast(sum(cost_pico_usd) as bigint) as cost from wanted
          join past_tries on past_tries.run_id = ${runId} and past_tries.seq = wanted.seq
        where cost_pico_usd is not null group by past_tries.seq`.execute(db)
      return new Map(rows.map(({ seq, cost }) => [seq, cost]))
    },
    markAgain: (runId, filter, lane) =>
      transactUnclaimed(async (trx) => {
        const wanted = filtered(
          dialect,
          trx.selectFrom('requests').select('seq').where('runId', '=', runId).where('line', 'is not', null),
          filter,
        )
        const result = await trx
          .updateTable('requests')
          .set({ again: 1, againLane: lane })
          .where('runId', '=', runId)
          .where('seq', 'in', wanted)
          .executeTakeFirst()
        return Number(result.numUpdatedRows)
      }),
  }
}
