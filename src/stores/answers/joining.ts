import { sql, type Transaction } from 'kysely'
import type { Outcome } from '../../domain/outcome.ts'
import type { Joined, JoinStore } from '../../ports/store/answers.ts'
import type { StoreContext } from '../database/context.ts'
import { writeRun } from '../database/fence.ts'
import { type Dialect, jsonRows } from '../database/json-rows.ts'
import type { Tables } from '../schema/schema.ts'
import { addToColumn } from './merging.ts'

/** The store of records that are joined from their parts. */
export function joinStore({ db, dialect, transact, transactUnclaimed }: StoreContext): JoinStore {
  return {
    async joinable(runId, afterPartOf, limit) {
      const { rows } = await sql<{ of: string; parts: number }>`
        select part_of as "of", max(parts) as parts from requests
        where run_id = ${runId} and part_of is not null and joined = 0 and part_of > ${afterPartOf}
        group by part_of having min(case when outcome in ('merged', 'held') then 1 else 0 end) = 1
        order by part_of limit ${limit}`.execute(db)
      if (rows.length === 0) return []
      const requests = await db
        .selectFrom('requests')
        .selectAll()
        .where('runId', '=', runId)
        .where('joined', '=', sql.lit(0))
        .where(
          'partOf',
          'in',
          rows.map(({ of }) => of),
        )
        .orderBy('partIndex')
        .execute()
      const byRecord = Map.groupBy(requests, ({ partOf }) => partOf)
      return rows.map(({ of, parts }) => ({ of, parts, requests: byRecord.get(of) ?? [] }))
    },
    async waitingParts(job, keys) {
      const wanted = jsonRows(
        dialect,
        keys.map((key) => ({ key })),
        { key: 'text' },
      )
      const { rows } = await sql<{ key: string }>`
        with wanted as materialized (${wanted})
        select done.key from wanted join done on done.job = ${job} and done.key = wanted.key
        where done.part_of is not null and not exists (
          select 1 from done as other
            join requests on requests.run_id = other.run_id and requests.seq = other.seq
          where other.job = ${job} and other.part_of = done.part_of and requests.joined = 1)`.execute(db)
      return new Set(rows.map(({ key }) => key))
    },
    earlierParts: (job, runId, partOf) =>
      db
        .selectFrom('done')
        .innerJoin('requests', (join) =>
          join.onRef('requests.runId', '=', 'done.runId').onRef('requests.seq', '=', 'done.seq'),
        )
        .selectAll('requests')
        .where('done.job', '=', job)
        .where('done.partOf', '=', partOf)
        .where('done.runId', '!=', runId)
        .orderBy('requests.partIndex')
        .execute(),
    commitJoined: (joined) => transact((trx) => commitJoined(trx, dialect, joined)),
    joinAgain: (runId) =>
      transactUnclaimed(async (trx) => {
        await trx
          .updateTable('requests')
          .set({ joined: 0 })
          .where('runId', '=', runId)
          .where('partOf', 'is not', null)
          .execute()
      }),
  }
}

async function commitJoined(trx: Transaction<Tables>, dialect: Dialect, joined: Joined): Promise<void> {
  if (joined.claim) await writeRun(trx, joined.claim, {})
  const parts = joined.records.flatMap(({ requests, outcome, reason }) =>
    requests.map(({ seq }) => ({ seq, outcome, reason })),
  )
  const rows = jsonRows(dialect, parts, { seq: 'integer', outcome: 'text', reason: 'text' })
  // Counted here and not by the caller: when this is repeated, nothing waits any more.
  const waiting = await sql<{ n: number; outcome: Outcome; count: number }>`
          with joined as materialized (${rows})
          select requests.batch_n as n, joined.outcome, count(*) as count from joined
            join requests on requests.run_id = ${joined.runId} and requests.seq = joined.seq
          where requests.outcome = 'held' and requests.batch_n is not null group by 1, 2`.execute(trx)
  // A part that has a place of its own stays what it was.
  await sql`with joined as materialized (${rows})
          update requests set joined = 1, reason = case when requests.outcome = 'held' then joined.reason else requests.reason end,
            outcome = case when requests.outcome = 'held' then joined.outcome else requests.outcome end
          from joined where requests.run_id = ${joined.runId} and requests.seq = joined.seq`.execute(trx)
  const refused = joined.records.filter(({ outcome }) => outcome !== 'merged').map(({ of }) => of)
  if (refused.length > 0)
    await trx.deleteFrom('done').where('job', '=', joined.job).where('partOf', 'in', refused).execute()
  for (const row of waiting.rows) await countJoined(trx, dialect, joined.runId, row)
}

/** Parts of a batch that were held are counted as what became of their records. */
async function countJoined(
  trx: Transaction<Tables>,
  dialect: Dialect,
  runId: string,
  { n, outcome, count }: { readonly n: number; readonly outcome: Outcome; readonly count: number },
): Promise<void> {
  const batch = await trx
    .selectFrom('batches')
    .select('counts')
    .where('runId', '=', runId)
    .where('n', '=', n)
    .$if(dialect === 'postgres', (query) => query.forUpdate())
    .executeTakeFirstOrThrow()
  await trx
    .updateTable('batches')
    .set({ counts: addToColumn(batch.counts, { held: -count, [outcome]: count }) })
    .where('runId', '=', runId)
    .where('n', '=', n)
    .execute()
}
