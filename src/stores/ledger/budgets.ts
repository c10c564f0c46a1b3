import { sql } from 'kysely'
import type { BudgetRow } from '../../ports/state.ts'
import type { AttemptReservation, LedgerStore } from '../../ports/store/ledger.ts'
import type { StoreContext } from '../database/context.ts'
import { jsonRows } from '../database/json-rows.ts'

/** The store of budgets, and of what attempts hold of them. */
export function budgetStore({
  db,
  dialect,
  transactUnclaimed,
}: StoreContext): Pick<LedgerStore, 'setBudget' | 'budget' | 'budgets' | 'holdings'> {
  const plain = db.withoutPlugins()
  const wanted = (ids: readonly string[]) =>
    jsonRows(
      dialect,
      ids.map((id) => ({ id })),
      { id: 'text' },
    )
  return {
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
    async holdings(runIds) {
      const { rows } = await sql<AttemptReservation>`
        with wanted as materialized (${wanted(runIds)})
        select attempts.id, run_id as "runId", batch_n as "batchN", state, reserved_micro_usd as "reservedMicroUsd"
        from wanted join attempts on attempts.run_id = wanted.id`.execute(plain)
      return rows
    },
    async budgets(keys) {
      const { rows } = await sql<BudgetRow>`
        with wanted as materialized (${wanted(keys)})
        select budgets.key, cap_micro_usd as "capMicroUsd", reserved_micro_usd as "reservedMicroUsd",
          spent_micro_usd as "spentMicroUsd"
        from wanted join budgets on budgets.key = wanted.id`.execute(plain)
      return rows
    },
  }
}
