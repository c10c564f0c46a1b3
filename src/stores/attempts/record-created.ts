import { sql } from 'kysely'
import { noWait } from '../../domain/wait.ts'
import type { CreatedFact } from '../../ports/store/attempts.ts'
import type { StoreContext } from '../database/context.ts'
import { noteMove } from '../runs/events.ts'

/** `AttemptStore.recordCreated`. */
export async function recordCreated(
  { transact, wake, now: sharedNow }: StoreContext,
  attemptId: number,
  nonce: string,
  { providerBatchId, account, expiresAt, nextAt, epoch }: CreatedFact,
): Promise<boolean> {
  // Told by somebody who does not hold the attempt, or no more: its holder works on a state that is no more, and lets go.
  const isHolders = nextAt !== null ? sql`false` : epoch === undefined ? sql`true` : sql`epoch = ${epoch}`
  const lookAt = nextAt ?? sharedNow()
  return transact(async (trx) => {
    const known = await trx.selectFrom('attempts').selectAll().where('id', '=', attemptId).executeTakeFirst()
    if (known?.providerBatchId === providerBatchId) return true
    const result = await trx
      .updateTable('attempts')
      .set({
        state: 'created',
        providerBatchId,
        account,
        expiresAt,
        lookups: 0,
        ...noWait,
        epoch: sql<number>`case when ${isHolders} then epoch else epoch + 1 end`,
        leaseUntil: sql<number>`case when ${isHolders} then lease_until else 0 end`,
        holder: sql<string | null>`case when ${isHolders} then holder end`,
        nextAt: sql<number | null>`case when ${isHolders} then next_at else ${lookAt} end`,
      })
      .where('id', '=', attemptId)
      .where('nonce', '=', nonce)
      .where('state', 'in', ['creating', 'in_doubt'])
      .where('providerBatchId', 'is', null)
      .executeTakeFirst()
    if (result.numUpdatedRows === 0n || !known) {
      // Another process may have noted the same fact between the two statements.
      const now = await trx
        .selectFrom('attempts')
        .select('providerBatchId')
        .where('id', '=', attemptId)
        .executeTakeFirst()
      return now?.providerBatchId === providerBatchId
    }
    await noteMove(trx, known, 'created', sharedNow())
    if (nextAt !== null || (epoch ?? known.epoch) !== known.epoch)
      await wake(trx, [{ unit: { kind: 'attempt', id: attemptId }, at: lookAt }])
    return true
  })
}
