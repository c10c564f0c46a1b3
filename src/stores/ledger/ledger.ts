import { noWait } from '../../domain/wait.ts'
import type { LedgerStore } from '../../ports/store/ledger.ts'
import { writeAttempt } from '../database/fence.ts'
import type { StoreContext } from '../database/context.ts'
import { noteMove } from '../runs/events.ts'
import { wakeRun, wakeWaiting } from '../attempts/wake.ts'
import { estimateCosts, unbook } from './answer-costs.ts'
import { budgetStore } from './budgets.ts'
import { returnMoney, returnTokens, spend } from './give-back.ts'
import { quotaStore } from './quotas.ts'
import { batchesAtWork, reserve } from './reserve.ts'

/** Money and tokens: what is reserved, booked and free. */
export function ledgerStore(context: StoreContext): LedgerStore {
  const { db, transact } = context
  return {
    ...budgetStore(context),
    ...quotaStore(context),
    reserve: (claim, wanted) => reserve(context, claim, wanted),
    batchesAtWork: (account) => batchesAtWork(db, account),
    freeTokens: (claim) =>
      transact(async (trx) => {
        const before = await writeAttempt(trx, claim, {})
        await returnTokens(trx, before)
        await wakeWaiting(context, trx, before.runId)
      }),
    settle: (
      claim,
      { amountMicroUsd, possiblyPaidMicroUsd, estimatePicoUsd, unbookedPicoUsd = 0, now, note: text, to },
    ) =>
      transact(async (trx) => {
        const before = await writeAttempt(
          trx,
          claim,
          { nextAt: null, leaseUntil: 0, holder: null, possiblyPaidMicroUsd, ...noWait },
          to,
        )
        if (estimatePicoUsd !== null) await estimateCosts(trx, context.dialect, before, estimatePicoUsd)
        if (unbookedPicoUsd > 0) await unbook(trx, context.dialect, before, unbookedPicoUsd)
        await returnMoney(trx, before, 'settle', amountMicroUsd, now, text)
        await returnTokens(trx, before)
        await wakeWaiting(context, trx, before.runId)
        await noteMove(trx, before, to, now)
        await wakeRun(context, trx, before.runId, now)
      }),
    recordDuplicate: (attemptId, runId, job, amountMicroUsd, now, text) =>
      transact(async (trx) => {
        const noted = await trx
          .insertInto('ledger')
          .values({ attemptId, kind: 'duplicate', runId, job, amountMicroUsd, at: now, note: text })
          .onConflict((conflict) => conflict.doNothing())
          .executeTakeFirst()
        if (noted.numInsertedOrUpdatedRows === 0n) return false
        const attempt = await trx
          .selectFrom('attempts')
          .select('budgetKeys')
          .where('id', '=', attemptId)
          .executeTakeFirst()
        if (attempt) await spend(trx, attempt, amountMicroUsd)
        return true
      }),
    async ledger({ runId, jobs, since, simulated }) {
      if (jobs?.length === 0) return []
      let query = db.selectFrom('ledger').selectAll().orderBy('at')
      if (runId !== undefined) query = query.where('runId', '=', runId)
      if (jobs !== undefined) query = query.where('job', 'in', [...jobs])
      if (since !== undefined) query = query.where('at', '>=', since)
      if (simulated !== undefined)
        query = query.where('runId', simulated ? 'in' : 'not in', (eb) =>
          eb.selectFrom('runs').select('id').where('simulated', '=', 1),
        )
      return query.execute()
    },
  }
}
