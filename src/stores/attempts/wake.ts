import type { Transaction } from 'kysely'
import type { StoreContext } from '../database/context.ts'
import type { Tables } from '../schema/schema.ts'

/** The wake-up of a live run. */
export async function wakeRun(
  { wake }: StoreContext,
  trx: Transaction<Tables>,
  runId: string,
  now: number,
): Promise<void> {
  const result = await trx
    .updateTable('runs')
    .set({ nextAt: now })
    .where('id', '=', runId)
    .where('liveKey', 'is not', null)
    .executeTakeFirst()
  if (result.numUpdatedRows > 0n) await wake(trx, [{ unit: { kind: 'run', id: runId }, at: now }])
}

/**
 * Money, tokens or the place of a batch have come free that somebody may be waiting for. One that is asking for them now holds its own row
 * and waits for the budget's: it is passed over, or the two would wait for each other.
 */
export async function wakeWaiting(
  { dialect, wake }: StoreContext,
  trx: Transaction<Tables>,
  runId: string,
): Promise<void> {
  const waiting = await trx
    .selectFrom('attempts')
    .select('id')
    .where('state', '=', 'waiting')
    .where('nextAt', 'is not', null)
    .where('runId', '=', runId)
    .where('waitsFor', 'in', ['budget', 'tokens', 'batches'])
    .orderBy('id')
    .$if(dialect === 'postgres', (query) => query.forUpdate().skipLocked())
    .execute()
  if (waiting.length === 0) return
  await trx
    .updateTable('attempts')
    .set({ nextAt: 0 })
    .where(
      'id',
      'in',
      waiting.map(({ id }) => id),
    )
    .execute()
  await wake(
    trx,
    waiting.map(({ id }) => ({ unit: { kind: 'attempt', id }, at: 0 })),
  )
}
