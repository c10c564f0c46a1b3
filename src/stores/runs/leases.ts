import { sql } from 'kysely'
import type { WorkItemStore } from '../../ports/store/runs.ts'
import { drivenStates } from '../database/fence.ts'
import type { StoreContext } from '../database/context.ts'

type LeaseStore = Pick<WorkItemStore, 'claim' | 'renew' | 'release' | 'holders' | 'releaseLeasesOf'>

/** Leases: who may act on a run or an attempt. Each new claim raises the epoch, by which the claims before are told. */
export function leaseStore({ db, transact, transactUnclaimed, wake, version }: StoreContext): LeaseStore {
  return {
    async claim(unit, { holder, now, leaseMs }) {
      const heldUntil = now + leaseMs
      // Due again at the end of the lease: whoever wants it sooner says so by an earlier time, and `release` sees that.
      const changes = { epoch: sql<number>`epoch + 1`, holder, leaseUntil: heldUntil, nextAt: heldUntil }
      const row =
        unit.kind === 'run'
          ? await db
              .updateTable('runs')
              .set(changes)
              .where('id', '=', unit.id)
              .where('leaseUntil', '<=', now)
              .where('liveKey', 'is not', null)
              .where(version.isKnown)
              .returning('epoch')
              .executeTakeFirst()
          : await db
              .updateTable('attempts')
              .set(changes)
              .where('id', '=', unit.id)
              .where('leaseUntil', '<=', now)
              .where('state', 'in', [...drivenStates, 'fenced'])
              .where(version.isKnown)
              .returning('epoch')
              .executeTakeFirst()
      if (row) return { unit, epoch: row.epoch, heldUntil }
      const failure = await version.failure('no')
      if (failure) throw failure
      return null
    },
    async renew({ unit, epoch }, leaseUntil) {
      const result =
        unit.kind === 'run'
          ? await db
              .updateTable('runs')
              .set({ leaseUntil })
              .where('id', '=', unit.id)
              .where('epoch', '=', epoch)
              .executeTakeFirst()
          : await db
              .updateTable('attempts')
              .set({ leaseUntil })
              .where('id', '=', unit.id)
              .where('epoch', '=', epoch)
              .executeTakeFirst()
      return result.numUpdatedRows > 0n
    },
    release: ({ unit, epoch, heldUntil }, nextAt) =>
      transact(async (trx) => {
        const sooner =
          nextAt === null
            ? sql<number>`next_at`
            : sql<number>`case when next_at < ${nextAt} then next_at else ${nextAt} end`
        const changes = {
          leaseUntil: 0,
          holder: null,
          nextAt: sql<number | null>`case when next_at < ${heldUntil} then ${sooner} else ${nextAt} end`,
        }
        const row =
          unit.kind === 'run'
            ? await trx
                .updateTable('runs')
                .set(changes)
                .where('id', '=', unit.id)
                .where('epoch', '=', epoch)
                .returning('nextAt')
                .executeTakeFirst()
            : await trx
                .updateTable('attempts')
                .set(changes)
                .where('id', '=', unit.id)
                .where('epoch', '=', epoch)
                .returning('nextAt')
                .executeTakeFirst()
        const at = row?.nextAt ?? null
        if (at !== null) await wake(trx, [{ unit, at }])
      }),
    async holders(now) {
      const attempts = db.selectFrom('attempts').select('holder').where('leaseUntil', '>', now)
      const runs = db.selectFrom('runs').select('holder').where('leaseUntil', '>', now)
      const rows = await attempts.union(runs).execute()
      return rows.flatMap(({ holder }) => (holder === null ? [] : [holder]))
    },
    releaseLeasesOf: (holder, now) =>
      transactUnclaimed(async (trx) => {
        const free = { epoch: sql<number>`epoch + 1`, leaseUntil: 0, holder: null, nextAt: now }
        const runs = await trx
          .updateTable('runs')
          .set(free)
          .where('holder', '=', holder)
          .where('leaseUntil', '>', now)
          .returning('id')
          .execute()
        const attempts = await trx
          .updateTable('attempts')
          .set(free)
          .where('holder', '=', holder)
          .where('leaseUntil', '>', now)
          .returning('id')
          .execute()
        await wake(trx, [
          ...runs.map(({ id }) => ({ unit: { kind: 'run' as const, id }, at: now })),
          ...attempts.map(({ id }) => ({ unit: { kind: 'attempt' as const, id }, at: now })),
        ])
      }),
  }
}
