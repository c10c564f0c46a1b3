import { sql } from 'kysely'
import type { Store, Unit } from '../ports/store.ts'
import { drivenStates } from './fence.ts'
import type { StoreContext } from './open.ts'

type Part = Pick<Store, 'due' | 'nextDue' | 'claim' | 'renew' | 'release' | 'wakeAttempts'>

/** Leases: who may act on a run or an attempt, and when it should be looked at again. */
export function unitStore({ db }: StoreContext): Part {
  return {
    async due(now, limit) {
      const attempts = await db
        .selectFrom('attempts')
        .select('id')
        .where('nextAt', '<=', now)
        .where('leaseUntil', '<=', now)
        .where('state', 'in', [...drivenStates])
        .orderBy('nextAt')
        .limit(limit)
        .execute()
      const runs = await db
        .selectFrom('runs')
        .select('id')
        .where('nextAt', '<=', now)
        .where('leaseUntil', '<=', now)
        .where('liveKey', 'is not', null)
        .orderBy('nextAt')
        .limit(limit)
        .execute()
      const units: Unit[] = runs.map(({ id }) => ({ kind: 'run', id }))
      return [...units, ...attempts.map(({ id }): Unit => ({ kind: 'attempt', id }))].slice(0, limit)
    },
    async nextDue() {
      const earliest = sql<number | null>`min(case when lease_until > next_at then lease_until else next_at end)`
      const attempts = await db.selectFrom('attempts').select(earliest.as('at')).where('nextAt', 'is not', null).where('state', 'in', [...drivenStates]).executeTakeFirst()
      const runs = await db.selectFrom('runs').select(earliest.as('at')).where('nextAt', 'is not', null).where('liveKey', 'is not', null).executeTakeFirst()
      const times = [attempts?.at, runs?.at].filter((at): at is number => typeof at === 'number')
      return times.length === 0 ? null : Math.min(...times)
    },
    async claim(unit, { holder, now, leaseMs }) {
      const changes = { epoch: sql<number>`epoch + 1`, holder, leaseUntil: now + leaseMs }
      const row =
        unit.kind === 'run'
          ? await db.updateTable('runs').set(changes).where('id', '=', unit.id).where('leaseUntil', '<=', now).where('liveKey', 'is not', null).returning('epoch').executeTakeFirst()
          : await db.updateTable('attempts').set(changes).where('id', '=', unit.id).where('leaseUntil', '<=', now).where('state', 'in', [...drivenStates, 'fenced']).returning('epoch').executeTakeFirst()
      return row ? { unit, epoch: row.epoch } : null
    },
    async renew({ unit, epoch }, leaseUntil) {
      const result =
        unit.kind === 'run'
          ? await db.updateTable('runs').set({ leaseUntil }).where('id', '=', unit.id).where('epoch', '=', epoch).executeTakeFirst()
          : await db.updateTable('attempts').set({ leaseUntil }).where('id', '=', unit.id).where('epoch', '=', epoch).executeTakeFirst()
      return result.numUpdatedRows > 0n
    },
    async wakeAttempts(runId, now) {
      await db.updateTable('attempts').set({ nextAt: now }).where('runId', '=', runId).where('nextAt', 'is not', null).where('state', 'in', [...drivenStates]).execute()
    },
    async release({ unit, epoch }, nextAt) {
      const changes = { leaseUntil: 0, holder: null, nextAt }
      if (unit.kind === 'run') await db.updateTable('runs').set(changes).where('id', '=', unit.id).where('epoch', '=', epoch).execute()
      else await db.updateTable('attempts').set(changes).where('id', '=', unit.id).where('epoch', '=', epoch).execute()
    },
  }
}
