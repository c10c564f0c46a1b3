import { sql } from 'kysely'
import type { BatchCounters, BatchStates, TotalsStore } from '../../ports/store/runs.ts'
import type { StoreContext } from '../database/context.ts'
import { jsonRows } from '../database/json-rows.ts'

/** Where runs stand. A column more takes as long as a row more: only those that are needed are read. */
export function totalsStore({ db, dialect }: StoreContext): TotalsStore {
  const plain = db.withoutPlugins()
  const wanted = (ids: readonly string[]) =>
    jsonRows(
      dialect,
      ids.map((id) => ({ id })),
      { id: 'text' },
    )
  return {
    batchSummaries: (runId) =>
      db
        .selectFrom('batches')
        .select([
          'n',
          'round',
          'deliveryMode',
          'requests',
          'bytes',
          'records',
          'counts',
          'usage',
          'accounting',
        ])
        .where('runId', '=', runId)
        .orderBy('n')
        .execute(),
    attemptSummaries: (runId) =>
      db
        .selectFrom('attempts')
        .select([
          'batchN',
          'state',
          'reason',
          'ending',
          'createdAt',
          'triedAt',
          'providerBatchId',
          'remoteTotal',
        ])
        .select(['waitsFor', 'waitingSince', 'waitTries', 'waitWords', 'nextAt', 'leaseUntil'])
        .select(['remoteCompleted', 'remoteFailed', 'expiresAt', 'reservedMicroUsd', 'possiblyPaidMicroUsd'])
        .select((eb) =>
          eb
            .selectFrom('ledger')
            .select('amountMicroUsd')
            .whereRef('ledger.attemptId', '=', 'attempts.id')
            .where('kind', '=', 'duplicate')
            .as('duplicateMicroUsd'),
        )
        .where('runId', '=', runId)
        .orderBy('id')
        .execute(),
    async batchCounters(runIds) {
      const { rows } = await sql<BatchCounters>`
        with wanted as materialized (${wanted(runIds)})
        select run_id as "runId", n, round, records, counts, usage
        from wanted join batches on batches.run_id = wanted.id order by run_id, n`.execute(plain)
      return rows
    },
    async batchStates(runIds) {
      const { rows } = await sql<BatchStates>`
        with wanted as materialized (${wanted(runIds)}),
          last as (
            select max(attempts.id) as id from wanted join attempts on attempts.run_id = wanted.id
            group by attempts.run_id, attempts.batch_n
          )
        select run_id as "runId", state, ending, waits_for as "waitsFor", count(*) as count,
          min(waiting_since) as "waitingSince"
        from last join attempts on attempts.id = last.id
        group by run_id, state, ending, waits_for order by min(attempts.batch_n)`.execute(plain)
      return rows
    },
  }
}
