import type { SessionStore } from '../../ports/store/access.ts'
import type { StoreContext } from '../database/context.ts'

/** The sessions of the dashboard. */
export function sessionStore({ db, transact }: StoreContext): SessionStore {
  return {
    addSession: (session, maxPerCaller) =>
      transact(async (trx) => {
        await trx.deleteFrom('sessions').where('expiresAt', '<=', session.createdAt).execute()
        await trx.insertInto('sessions').values(session).execute()
        const newest = trx
          .selectFrom('sessions')
          .select('id')
          .where('caller', '=', session.caller)
          .orderBy('createdAt', 'desc')
          .orderBy('id')
          .limit(maxPerCaller)
        await trx
          .deleteFrom('sessions')
          .where('caller', '=', session.caller)
          .where('id', '!=', session.id)
          .where('id', 'not in', newest)
          .execute()
      }),
    session: async (id) =>
      (await db.selectFrom('sessions').selectAll().where('id', '=', id).executeTakeFirst()) ?? null,
    async endSession(id) {
      await db.deleteFrom('sessions').where('id', '=', id).execute()
    },
  }
}
