import type { LedgerStore } from '../../ports/store/ledger.ts'
import type { StoreContext } from '../database/context.ts'

/** How many tokens may be enqueued with an account, and how many are. */
export function quotaStore({
  db,
  transactUnclaimed,
}: StoreContext): Pick<LedgerStore, 'quota' | 'quotas' | 'setQuota'> {
  return {
    quota: async (key) =>
      (await db.selectFrom('quotas').selectAll().where('key', '=', key).executeTakeFirst()) ?? null,
    quotas: () => db.selectFrom('quotas').selectAll().orderBy('key').execute(),
    setQuota: (key, changes) =>
      transactUnclaimed(async (trx) => {
        await trx
          .insertInto('quotas')
          .values({
            key,
            limitTokens: changes.limitTokens ?? null,
            usedTokens: 0,
            notBefore: changes.notBefore ?? 0,
          })
          .onConflict((conflict) => conflict.column('key').doUpdateSet({ key, ...changes }))
          .execute()
      }),
  }
}
