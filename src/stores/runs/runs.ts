import type { Transaction } from 'kysely'
import { OffpeakError } from '../../domain/errors.ts'
import { runMayFollow } from '../../domain/run.ts'
import { noWait } from '../../domain/wait.ts'
import { writeRun } from '../database/fence.ts'
import { note } from './events.ts'
import { markSimulated } from './simulated-runs.ts'
import { noJob } from './work-items.ts'
import type { RunRow } from '../../ports/state.ts'
import type { NewRun, RunStore } from '../../ports/store/runs.ts'
import type { StoreContext } from '../database/context.ts'
import type { Tables } from '../schema/schema.ts'

/** Runs and their budgets. */
export function runStore({ db, transact, transactUnclaimed, wake }: StoreContext): RunStore {
  return {
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
    async runs({ job, jobs, states, live, simulated, endedBefore, filesKept, trials = false, after, limit }) {
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
        query = query.where((eb) =>
          eb(eb.refTuple('createdAt', 'id'), '<', eb.tuple(after.createdAt, after.id)),
        )
      if (endedBefore !== undefined)
        query = query.where('finishedAt', '<=', endedBefore).where('liveKey', 'is', null)
      if (filesKept === true) query = query.where('filesRemoved', '=', 0)
      if (simulated !== undefined) query = query.where('simulated', '=', simulated ? 1 : 0)
      if (live === true) query = query.where('liveKey', '>', noJob)
      return query.execute()
    },
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
    setBudget: (key, capMicroUsd) =>
      transactUnclaimed(async (trx) => {
        await trx
          .insertInto('budgets')
          .values({ key, capMicroUsd, reservedMicroUsd: 0, spentMicroUsd: 0 })
          .onConflict((conflict) => conflict.column('key').doUpdateSet({ capMicroUsd }))
          .execute()
      }),
    budget: async (key) =>
      (await db.selectFrom('budgets').selectAll().where('key', '=', key).executeTakeFirst()) ?? null,
  }
}

/** A run as it begins, unless another one has its live key. */
export async function insertRun(
  trx: Transaction<Tables>,
  run: NewRun,
  changes: Partial<RunRow> = {},
): Promise<void> {
  await trx
    .insertInto('runs')
    .values({
      id: run.id,
      job: run.job,
      liveKey: run.job,
      state: 'building',
      pauseKind: null,
      pauseReason: null,
      pauseShortMicroUsd: null,
      hold: run.hold ? 1 : 0,
      maySend: run.maySend,
      trial: 0,
      spec: run.spec,
      plan: run.plan,
      provider: run.provider,
      account: run.account,
      simulated: run.isSimulated ? 1 : 0,
      ...noWait,
      createdAt: run.now,
      finishedAt: null,
      filesRemoved: 0,
      sourceCursor: null,
      sourceDone: 0,
      sourceMark: null,
      nextSeq: 0,
      nextBatch: 0,
      round: 0,
      fallbackRows: 0,
      selected: 0,
      unchanged: 0,
      folded: 0,
      unsent: '{}',
      epoch: 0,
      holder: null,
      leaseUntil: 0,
      nextAt: run.now,
      ...changes,
    })
    .onConflict((conflict) => conflict.column('liveKey').doNothing())
    .execute()
}

/** The caps of a run's budgets. */
export async function setBudgets(trx: Transaction<Tables>, run: Pick<NewRun, 'budgets'>): Promise<void> {
  for (const budget of run.budgets)
    await trx
      .insertInto('budgets')
      .values({ ...budget, reservedMicroUsd: 0, spentMicroUsd: 0 })
      .onConflict((conflict) => conflict.column('key').doUpdateSet({ capMicroUsd: budget.capMicroUsd }))
      .execute()
}
