import { OffpeakError } from '../../domain/errors.ts'
import { runMayFollow } from '../../domain/run.ts'
import type { RunFilter } from '../../ports/filters.ts'
import type { RunRow } from '../../ports/state.ts'
import type { RunStore } from '../../ports/store/runs.ts'
import { writeRun } from '../database/fence.ts'
import type { StoreContext } from '../database/context.ts'
import { deliveryStore } from './deliveries.ts'
import { eventStore, note } from './events.ts'
import { insertRun, setBudgets } from './insert-run.ts'
import { projectStore } from './project.ts'
import { markSimulated } from './simulated-runs.ts'
import { totalsStore } from './totals.ts'
import { noJob, workItemStore } from './work-items.ts'

/** Runs: who drives them, where they stand, what happened in them, and who has been told. */
export function runStore(context: StoreContext): RunStore {
  const { db, transact, transactUnclaimed, wake } = context
  return {
    ...workItemStore(context),
    ...totalsStore(context),
    ...eventStore(context),
    ...deliveryStore(context),
    ...projectStore(context),
    startRun: (run) =>
      transactUnclaimed(async (trx) => {
        await insertRun(trx, run)
        const live = await trx
          .selectFrom('runs')
          .selectAll()
          .where('liveKey', '=', run.job)
          .executeTakeFirstOrThrow()
        if (live.id !== run.id) return { run: live, attached: true }
        await setBudgets(trx, run)
        await note(trx, run.id, run.now, 'run.started', { job: run.job })
        await wake(trx, [{ unit: { kind: 'run', id: run.id }, at: run.now }])
        return { run: live, attached: false }
      }),
    markSimulated: (runId, isSimulated, budgets) =>
      transactUnclaimed((trx) => markSimulated(trx, runId, isSimulated, budgets)),
    async wasSimulated(account) {
      const newest = await db
        .selectFrom('runs')
        .select('simulated')
        .where('account', '=', account)
        .orderBy('createdAt', 'desc')
        .orderBy('id', 'desc')
        .limit(1)
        .executeTakeFirst()
      return newest?.simulated === 1
    },
    run: async (id) =>
      (await db.selectFrom('runs').selectAll().where('id', '=', id).executeTakeFirst()) ?? null,
    runs: (filter) => findRuns(db, filter),
    changeRun: (id, from, changes, happened) =>
      transactUnclaimed(async (trx) => {
        const { state } = changes
        const wrong =
          state === undefined
            ? undefined
            : from.find((before) => before !== state && !runMayFollow(before, state))
        if (wrong !== undefined)
          throw new OffpeakError('E_BUG', `a run cannot go from ${wrong} to ${String(state)}`)
        const result = await trx
          .updateTable('runs')
          .set(changes)
          .where('id', '=', id)
          .where('state', 'in', [...from])
          .executeTakeFirst()
        if (result.numUpdatedRows === 0n) return false
        if (happened) await note(trx, id, happened.at, happened.kind, happened.data)
        if (typeof changes.nextAt === 'number')
          await wake(trx, [{ unit: { kind: 'run', id }, at: changes.nextAt }])
        return true
      }),
    saveRun: (claim, changes, happened) =>
      transact(async (trx) => {
        await writeRun(trx, claim, changes)
        if (happened && claim.unit.kind === 'run')
          await note(trx, claim.unit.id, happened.at, happened.kind, happened.data)
      }),
    storePlan: (plan, forgetBefore) =>
      transactUnclaimed(async (trx) => {
        await trx.deleteFrom('plans').where('createdAt', '<', forgetBefore).execute()
        await trx.insertInto('plans').values(plan).execute()
      }),
    storedPlan: async (id) =>
      (await db.selectFrom('plans').selectAll().where('id', '=', id).executeTakeFirst()) ?? null,
  }
}

async function findRuns(
  db: StoreContext['db'],
  { job, jobs, states, live, simulated, endedBefore, filesKept, trials, after, limit }: RunFilter,
): Promise<readonly RunRow[]> {
  if (jobs?.length === 0 || states?.length === 0) return []
  let query = db
    .selectFrom('runs')
    .selectAll()
    .orderBy('createdAt', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
  if (trials !== 'too') query = query.where('trial', '=', trials ? 1 : 0)
  if (job !== undefined) query = query.where('job', '=', job)
  if (jobs !== undefined) query = query.where('job', 'in', [...jobs])
  if (states !== undefined) query = query.where('state', 'in', [...states])
  if (after !== undefined)
    query = query.where((eb) => eb(eb.refTuple('createdAt', 'id'), '<', eb.tuple(after.createdAt, after.id)))
  if (endedBefore !== undefined)
    query = query.where('finishedAt', '<=', endedBefore).where('liveKey', 'is', null)
  if (filesKept === true) query = query.where('filesRemoved', '=', 0)
  if (simulated !== undefined) query = query.where('simulated', '=', simulated ? 1 : 0)
  if (live === true) query = query.where('liveKey', '>', noJob)
  return query.execute()
}
