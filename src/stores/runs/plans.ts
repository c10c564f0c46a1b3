import type { PlanStore } from '../../ports/store/plans.ts'
import type { StoreContext } from '../database/context.ts'

/** Plans that were looked at and may be started. */
export function planStore({ db, transactUnclaimed }: StoreContext): PlanStore {
  return {
    storePlan: (plan, forgetBefore) =>
      transactUnclaimed(async (trx) => {
        await trx.deleteFrom('plans').where('createdAt', '<', forgetBefore).execute()
        await trx.insertInto('plans').values(plan).execute()
      }),
    storedPlan: async (id) =>
      (await db.selectFrom('plans').selectAll().where('id', '=', id).executeTakeFirst()) ?? null,
  }
}
