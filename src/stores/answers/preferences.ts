import type { Preference } from '../../domain/preference.ts'
import type { PreferenceStore } from '../../ports/store/answers.ts'
import type { StoreContext } from '../database/context.ts'

/** Which answers people found better. */
export function preferenceStore({ db, transactUnclaimed }: StoreContext): PreferenceStore {
  return {
    async preferences({ a, b }, keys) {
      if (keys.length === 0) return new Map()
      const rows = await db
        .selectFrom('preferences')
        .select(['key', 'preference'])
        .where('a', '=', a)
        .where('b', '=', b)
        .where('key', 'in', [...keys])
        .execute()
      return new Map(rows.map(({ key, preference }) => [key, preference]))
    },
    async preferenceCounts({ a, b }) {
      const rows = await db
        .selectFrom('preferences')
        .select('preference')
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .where('a', '=', a)
        .where('b', '=', b)
        .groupBy('preference')
        .execute()
      const of = (wanted: Preference): number =>
        rows.find(({ preference }) => preference === wanted)?.count ?? 0
      return { a: of('a'), b: of('b'), tie: of('tie'), bad: of('bad') }
    },
    prefer: ({ a, b }, key, preference, now) =>
      transactUnclaimed(async (trx) => {
        if (preference === null) {
          await trx
            .deleteFrom('preferences')
            .where('a', '=', a)
            .where('b', '=', b)
            .where('key', '=', key)
            .execute()
          return
        }
        const said = { preference, at: now }
        await trx
          .insertInto('preferences')
          .values({ a, b, key, ...said })
          .onConflict((conflict) => conflict.columns(['a', 'b', 'key']).doUpdateSet(said))
          .execute()
      }),
  }
}
