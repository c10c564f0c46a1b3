import type { RepeatStore } from '../../ports/store/access.ts'
import type { StoreContext } from '../database/context.ts'

const keptMs = 24 * 3_600_000

/** The store of calls that cost money and may come twice. */
export function repeatStore({ db, transactUnclaimed }: StoreContext): RepeatStore {
  return {
    beginRepeat: ({ key, requestHash, now, staleMs }) =>
      transactUnclaimed(async (trx) => {
        await trx
          .deleteFrom('repeats')
          .where('at', '<', now - keptMs)
          .execute()
        const made = await trx
          .insertInto('repeats')
          .values({ key, requestHash, at: now, status: null, body: null })
          .onConflict((conflict) => conflict.column('key').doNothing())
          .executeTakeFirst()
        if (made.numInsertedOrUpdatedRows === 1n) return { kind: 'new' }
        const known = await trx
          .selectFrom('repeats')
          .selectAll()
          .where('key', '=', key)
          .executeTakeFirstOrThrow()
        if (known.requestHash !== requestHash) return { kind: 'other' }
        if (known.status !== null) return { kind: 'done', status: known.status, body: known.body ?? '' }
        const taken = await trx
          .updateTable('repeats')
          .set({ at: now })
          .where('key', '=', key)
          .where('status', 'is', null)
          .where('at', '<=', now - staleMs)
          .executeTakeFirst()
        return { kind: taken.numUpdatedRows > 0n ? 'new' : 'running' }
      }),
    async endRepeat(key, status, body) {
      await db.updateTable('repeats').set({ status, body }).where('key', '=', key).execute()
    },
    async dropRepeat(key) {
      await db.deleteFrom('repeats').where('key', '=', key).where('status', 'is', null).execute()
    },
  }
}
