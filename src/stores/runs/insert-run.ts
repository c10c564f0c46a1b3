import type { Transaction } from 'kysely'
import { noWait } from '../../domain/wait.ts'
import type { RunRow } from '../../ports/state.ts'
import type { NewRun } from '../../ports/store/runs.ts'
import type { Tables } from '../schema/schema.ts'

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
