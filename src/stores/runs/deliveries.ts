import { sql } from 'kysely'
import type { DeliveryRow, DeliveryStore } from '../../ports/store/runs.ts'
import type { StoreContext } from '../database/context.ts'
import { newestTold, nextTold } from './told-events.ts'

/** The store of deliveries: one row for each endpoint, claimed like a unit of work. */
export function deliveryStore(context: StoreContext): DeliveryStore {
  const { db } = context
  return {
    async delivery(endpoint) {
      const read = (): Promise<DeliveryRow | undefined> =>
        db.selectFrom('deliveries').selectAll().where('endpoint', '=', endpoint).executeTakeFirst()
      const known = await read()
      if (known) return known
      const made: DeliveryRow = {
        endpoint,
        position: await newestTold(context),
        tries: 0,
        epoch: 0,
        holder: null,
        leaseUntil: 0,
        nextAt: 0,
      }
      await db
        .insertInto('deliveries')
        .values(made)
        .onConflict((conflict) => conflict.column('endpoint').doNothing())
        .execute()
      return (await read()) ?? made
    },
    async claimDelivery(endpoint, { holder, now, leaseMs }) {
      const row = await db
        .updateTable('deliveries')
        .set({ epoch: sql<number>`epoch + 1`, holder, leaseUntil: now + leaseMs })
        .where('endpoint', '=', endpoint)
        .where('leaseUntil', '<=', now)
        .where('nextAt', '<=', now)
        .returning(['epoch', 'position', 'tries'])
        .executeTakeFirst()
      return row ? { endpoint, ...row } : null
    },
    eventsToDeliver: (after, limit) => nextTold(context, after, limit),
    async saveDelivery({ endpoint, epoch }, progress) {
      const result = await db
        .updateTable('deliveries')
        .set(progress)
        .where('endpoint', '=', endpoint)
        .where('epoch', '=', epoch)
        .executeTakeFirst()
      return result.numUpdatedRows > 0n
    },
    async releaseDelivery({ endpoint, epoch }, nextAt) {
      await db
        .updateTable('deliveries')
        .set({ leaseUntil: 0, holder: null, nextAt })
        .where('endpoint', '=', endpoint)
        .where('epoch', '=', epoch)
        .execute()
    },
    async firstSent(runId) {
      const row = await db
        .selectFrom('events')
        .select('id')
        .where('runId', '=', runId)
        .where('kind', '=', 'attempt')
        .where((eb) =>
          eb.or([eb('data', 'like', '%"state":"created"%'), eb('data', 'like', '%"state":"asking"%')]),
        )
        .orderBy('id')
        .limit(1)
        .executeTakeFirst()
      return row?.id ?? null
    },
  }
}
