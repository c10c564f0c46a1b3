import type { KeyStore } from '../../ports/store/access.ts'
import type { StoreContext } from '../database/context.ts'

/** The keys of those who call the server. */
export function keyStore({ db, transactUnclaimed }: StoreContext): KeyStore {
  return {
    addKey: (key) =>
      transactUnclaimed(async (trx) => {
        await trx.insertInto('keys').values(key).execute()
      }),
    key: async (id) =>
      (await db.selectFrom('keys').selectAll().where('id', '=', id).executeTakeFirst()) ?? null,
    keys: () => db.selectFrom('keys').selectAll().orderBy('createdAt', 'desc').orderBy('id').execute(),
    revokeKey: (id, at) =>
      transactUnclaimed(async (trx) => {
        const result = await trx
          .updateTable('keys')
          .set({ revokedAt: at })
          .where('id', '=', id)
          .where('revokedAt', 'is', null)
          .executeTakeFirst()
        return result.numUpdatedRows > 0n
      }),
    async touchKey(id, at) {
      await db.updateTable('keys').set({ lastUsedAt: at }).where('id', '=', id).execute()
    },
  }
}
