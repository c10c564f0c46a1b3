import { type RawBuilder, sql, type Transaction } from 'kysely'
import { addCounts, type Outcome, type OutcomeCounts, parseCounts } from '../../domain/outcome.ts'
import type { RequestRow } from '../../ports/state.ts'
import type { StoreContext } from '../database/context.ts'
import { jsonRows } from '../database/json-rows.ts'
import type { Tables } from '../schema/schema.ts'

const rowsPerStatement = 2_000

/** What a record that follows a request keeps when that is sent again: its own answer was good. */
const kept: readonly Outcome[] = ['merged', 'held', 'review', 'declined', 'rescued']

/**
 * Records folded into requests, without a good answer, that left the counters of their batches together with these
 * requests.
 */
export async function leaveBatches(
  { dialect }: StoreContext,
  trx: Transaction<Tables>,
  runId: string,
  seqs: readonly number[],
): Promise<{ readonly folds: readonly { readonly seq: number }[] }> {
  const left = new Map<number, { records: number; counts: OutcomeCounts }>()
  const folds: { seq: number }[] = []
  const leave = ({ batchN, outcome }: Pick<RequestRow, 'batchN' | 'outcome'>, count: number): void => {
    if (batchN === null) return
    const { records, counts } = left.get(batchN) ?? { records: 0, counts: {} }
    left.set(batchN, {
      records: records + count,
      counts: outcome === 'pending' ? counts : addCounts(counts, { [outcome]: -count }),
    })
  }
  await overSeqs(
    dialect,
    seqs.map((seq) => ({ seq })),
    async (wanted) => {
      const asked = await sql<Pick<RequestRow, 'batchN' | 'outcome'> & { count: number }>`
        with moved as materialized (${wanted})
        select batch_n, outcome, count(*) as count from moved
          join requests on requests.run_id = ${runId} and requests.seq = moved.seq
          group by 1, 2`.execute(trx)
      for (const row of asked.rows) leave(row, row.count)
      const follow = await sql<Pick<RequestRow, 'seq' | 'batchN' | 'outcome'>>`
        with moved as materialized (${wanted})
        select requests.seq, batch_n, outcome from moved
          join requests on requests.run_id = ${runId} and requests.deduplicated_into = moved.seq
          where outcome not in (${sql.join([...kept])})`.execute(trx)
      for (const row of follow.rows) {
        leave(row, 1)
        folds.push({ seq: row.seq })
      }
    },
  )
  for (const [n, { records, counts }] of left) {
    const batch = await trx
      .selectFrom('batches')
      .select(['counts', 'records'])
      .where('runId', '=', runId)
      .where('n', '=', n)
      .$if(dialect === 'postgres', (query) => query.forUpdate())
      .executeTakeFirstOrThrow()
    const now: OutcomeCounts = addCounts(parseCounts(batch.counts), counts)
    await trx
      .updateTable('batches')
      .set({ records: batch.records - records, counts: JSON.stringify(now) })
      .where('runId', '=', runId)
      .where('n', '=', n)
      .execute()
  }
  return { folds }
}

/** Work on requests by their places, so many a statement that its text stays short. */
export async function overSeqs(
  dialect: StoreContext['dialect'],
  rows: readonly { readonly seq: number }[],
  work: (seqs: RawBuilder<unknown>) => Promise<unknown>,
): Promise<void> {
  for (let at = 0; at < rows.length; at += rowsPerStatement)
    await work(jsonRows(dialect, rows.slice(at, at + rowsPerStatement), { seq: 'integer' }))
}
