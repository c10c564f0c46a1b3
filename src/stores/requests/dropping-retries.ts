import { sql, type Transaction } from 'kysely'
import { addSums, parseSums } from '../../domain/sums.ts'
import { leftAlone } from '../../planning/waiting/retry.ts'
import type { RetryRule } from '../../ports/store/requests.ts'
import type { StoreContext } from '../database/context.ts'
import type { Tables } from '../schema/schema.ts'
import { toSendAgain } from './retrying.ts'

/** `TryStore.dropRetries`, within a transaction. */
export async function dropRetries(
  { dialect }: Pick<StoreContext, 'dialect'>,
  trx: Transaction<Tables>,
  runId: string,
  rule: RetryRule,
): Promise<number> {
  const wanted = toSendAgain(dialect, runId, rule)
  const { rows } = await sql<{ n: number; count: number }>`
    select requests.batch_n as n, count(*) as count ${wanted} and requests.batch_n is not null
    group by requests.batch_n order by requests.batch_n`.execute(trx)
  if (rows.length === 0) return 0
  await sql`update requests set retry_requested = ${sql.lit(leftAlone)}, retry_delivery_mode = null
    where run_id = ${runId} and seq in (select sent.seq ${wanted})`.execute(trx)
  // In one order, so that two of these do not wait for each other.
  for (const { n, count } of rows) await noteInBatch({ dialect }, trx, { runId, n }, { leftAlone: count })
  return rows.reduce((sum, { count }) => sum + count, 0)
}

/** A note in a batch that its counters do not tell all of its retries: its requests have to be looked at. */
export async function noteInBatch(
  { dialect }: Pick<StoreContext, 'dialect'>,
  trx: Transaction<Tables>,
  { runId, n }: { readonly runId: string; readonly n: number },
  sums: Readonly<Record<string, number>>,
): Promise<void> {
  const { usage } = await trx
    .selectFrom('batches')
    .select('usage')
    .where('runId', '=', runId)
    .where('n', '=', n)
    .$if(dialect === 'postgres', (query) => query.forUpdate())
    .executeTakeFirstOrThrow()
  await trx
    .updateTable('batches')
    .set({ usage: JSON.stringify(addSums(parseSums(usage), sums)) })
    .where('runId', '=', runId)
    .where('n', '=', n)
    .execute()
}
