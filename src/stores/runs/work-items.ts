import { sql } from 'kysely'
import type { WorkItem, WorkItemStore } from '../../ports/store/runs.ts'
import { drivenStates } from '../database/fence.ts'
import type { StoreContext } from '../database/context.ts'

/** Before every name of a job: said so, the few runs that live are found by their index among all that ever were. */
export const noJob = ''

/** Leases: who may act on a run or an attempt, and when it should be looked at again. */
export function workItemStore({
  db,
  transact,
  transactUnclaimed,
  wake,
  version,
}: StoreContext): WorkItemStore {
  return {
    async due(now, limit, runIds) {
      const attempts = await db
        .selectFrom('attempts')
        .select('id')
        .where('nextAt', '<=', now)
        .where('leaseUntil', '<=', now)
        .where('state', 'in', [...drivenStates])
        .$if(runIds !== null, (query) => query.where('runId', 'in', [...(runIds ?? [])]))
        .orderBy('nextAt')
        .limit(limit)
        .execute()
      const runs = await db
        .selectFrom('runs')
        .select('id')
        .where('nextAt', '<=', now)
        .where('leaseUntil', '<=', now)
        .where('liveKey', '>', noJob)
        .$if(runIds !== null, (query) => query.where('id', 'in', [...(runIds ?? [])]))
        .orderBy('nextAt')
        .limit(limit)
        .execute()
      const units: WorkItem[] = runs.map(({ id }) => ({ kind: 'run', id }))
      return [...units, ...attempts.map(({ id }): WorkItem => ({ kind: 'attempt', id }))].slice(0, limit)
    },
    async nextDue(runIds) {
      const earliest = sql<
        number | null
      >`min(case when lease_until > next_at then lease_until else next_at end)`
      const attempts = await db
        .selectFrom('attempts')
        .select(earliest.as('at'))
        .where('nextAt', 'is not', null)
        .where('state', 'in', [...drivenStates])
        .$if(runIds !== null, (query) => query.where('runId', 'in', [...(runIds ?? [])]))
        .executeTakeFirst()
      const runs = await db
        .selectFrom('runs')
        .select(earliest.as('at'))
        .where('nextAt', 'is not', null)
        .where('liveKey', '>', noJob)
        .$if(runIds !== null, (query) => query.where('id', 'in', [...(runIds ?? [])]))
        .executeTakeFirst()
      const times = [attempts?.at, runs?.at].filter((at): at is number => typeof at === 'number')
      return times.length === 0 ? null : Math.min(...times)
    },
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
    wakeAttempts: (runId, now) =>
      transactUnclaimed(async (trx) => {
        const woken = await trx
          .updateTable('attempts')
          .set({ nextAt: now })
          .where('runId', '=', runId)
          .where('nextAt', 'is not', null)
          .where('state', 'in', [...drivenStates])
          .returning('id')
          .execute()
        await wake(
          trx,
          woken.map(({ id }) => ({ unit: { kind: 'attempt', id }, at: now })),
        )
      }),
    wakeAttempt: (id, now) =>
      transactUnclaimed(async (trx) => {
        const woken = await trx
          .updateTable('attempts')
          .set({ nextAt: now })
          .where('id', '=', id)
          .where('nextAt', '>', now)
          .where('state', 'in', [...drivenStates])
          .executeTakeFirst()
        if (woken.numUpdatedRows > 0n) await wake(trx, [{ unit: { kind: 'attempt', id }, at: now }])
      }),
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
  }
}
