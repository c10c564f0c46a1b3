import { sql } from 'kysely'
import type { WorkItem, WorkItemStore } from '../../ports/store/runs.ts'
import { drivenStates } from '../database/fence.ts'
import type { StoreContext } from '../database/context.ts'
import { leaseStore } from './leases.ts'

/** Before every name of a job: said so, the few runs that live are found by their index among all that ever were. */
export const noJob = ''

/** The store of due units and of the leases under which one is taken. */
export function workItemStore(context: StoreContext): WorkItemStore {
  const { db, transactUnclaimed, wake } = context
  return {
    ...leaseStore(context),
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
  }
}
