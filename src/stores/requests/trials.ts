import type { TrialStore } from '../../ports/store/requests.ts'
import { insertBatch } from '../attempts/insert-attempt.ts'
import type { StoreContext } from '../database/context.ts'
import { insertRun, setBudgets } from '../runs/insert-run.ts'

/** The store of records that are asked in real time to see what comes back. */
export function trialStore(context: StoreContext): TrialStore {
  return {
    startTrial: ({ run, batch, nonce, nextAt }) =>
      context.transactUnclaimed(async (trx) => {
        const made = await trx.selectFrom('runs').select('id').where('id', '=', run.id).executeTakeFirst()
        if (!made) {
          await insertRun(
            trx,
            { ...run, plan: null, hold: false, maySend: 'all' },
            { liveKey: null, state: 'running', sourceDone: 1, trial: 1, filesRemoved: 1, nextAt: null },
          )
          await setBudgets(trx, run)
          await insertBatch(context, trx, run.id, batch, nonce, nextAt)
        }
        const { id } = await trx
          .selectFrom('attempts')
          .select('id')
          .where('runId', '=', run.id)
          .executeTakeFirstOrThrow()
        return id
      }),
  }
}
