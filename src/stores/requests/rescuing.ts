import { type Kysely, sql, type Transaction } from 'kysely'
import { addCounts, type Outcome, type OutcomeCounts, parseCounts } from '../../domain/outcome.ts'
import type { RequestStore } from '../../ports/store/requests.ts'
import type { StoreContext } from '../database/context.ts'
import { jsonRows } from '../database/json-rows.ts'
import { troubled } from '../schema/request-tables.ts'
import type { Tables } from '../schema/schema.ts'

interface Rescued {
  readonly seq: number
  readonly batchN: number | null
  readonly outcome: Outcome
  readonly by: string
}

/** The store of records that another run has answered. */
export function rescueStore({ dialect, transactUnclaimed }: StoreContext): Pick<RequestStore, 'markRescued'> {
  return {
    markRescued: (runId, outcomes, limit, by = null) =>
      transactUnclaimed(async (trx) => {
        // Whoever changes the run's counters meanwhile waits for this.
        const run = await trx
          .selectFrom('runs')
          .select(['job', 'createdAt', 'unsent', 'simulated'])
          .where('id', '=', runId)
          .$if(by === null, (query) => query.where('liveKey', 'is', null))
          .$if(dialect === 'postgres', (query) => query.forUpdate())
          .executeTakeFirst()
        if (!run) return 0
        const { rows } = await sql<Rescued>`
          select requests.seq, requests.batch_n, requests.outcome, done.run_id as "by" from requests
            join done on done.job = ${run.job} and done.key = requests.key
            join runs as later on later.id = done.run_id and ${
              by === null
                ? sql`later.created_at >= ${run.createdAt} and later.id <> ${runId}`
                : sql`later.id = ${by}`
            }
              and later.simulated = ${run.simulated}
          where requests.run_id = ${runId} and ${troubled(dialect)}
            and requests.outcome in (${sql.join<Outcome>([...outcomes])})${by === null ? sql`` : sql` and requests.retry_requested <> 1`}
          order by requests.seq limit ${limit}`.execute(trx)
        if (rows.length === 0) return 0
        const rescued = jsonRows(
          dialect,
          rows.map(({ seq, by }) => ({ seq, by })),
          { seq: 'integer', by: 'text' },
        )
        await sql`with rescued as materialized (${rescued})
          update requests set reason = 'was ' || outcome || '; run ' || rescued.by || ' has the answer', outcome = 'rescued', retry_requested = 0
          from rescued where requests.run_id = ${runId} and requests.seq = rescued.seq`.execute(trx)
        for (const [n, ofBatch] of Map.groupBy(rows, ({ batchN }) => batchN))
          if (n === null)
            await trx
              .updateTable('runs')
              .set({ unsent: JSON.stringify(addCounts(parseCounts(run.unsent), movedTo(ofBatch))) })
              .where('id', '=', runId)
              .execute()
          else await addToBatch(trx, { runId, n, dialect }, movedTo(ofBatch))
        return rows.length
      }),
  }
}

function movedTo(rows: readonly Rescued[]): OutcomeCounts {
  return rows.reduce<OutcomeCounts>(
    (counts, { outcome }) => addCounts(counts, { [outcome]: -1, rescued: 1 }),
    {},
  )
}

async function addToBatch(
  trx: Transaction<Tables> | Kysely<Tables>,
  { runId, n, dialect }: { readonly runId: string; readonly n: number } & Pick<StoreContext, 'dialect'>,
  more: OutcomeCounts,
): Promise<void> {
  const { counts } = await trx
    .selectFrom('batches')
    .select('counts')
    .where('runId', '=', runId)
    .where('n', '=', n)
    .$if(dialect === 'postgres', (query) => query.forUpdate())
    .executeTakeFirstOrThrow()
  await trx
    .updateTable('batches')
    .set({ counts: JSON.stringify(addCounts(parseCounts(counts), more)) })
    .where('runId', '=', runId)
    .where('n', '=', n)
    .execute()
}
