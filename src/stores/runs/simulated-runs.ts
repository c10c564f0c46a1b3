import { sql, type Transaction } from 'kysely'
import { z } from 'zod'
import type { Tables } from '../schema/schema.ts'

const names = z.array(z.string())

/** A mark on a run and its attempts; what an emulator answers leaves every budget but these. */
export async function markSimulated(
  trx: Transaction<Tables>,
  runId: string,
  isSimulated: boolean,
  budgets: readonly string[],
): Promise<void> {
  await trx
    .updateTable('runs')
    .set({ simulated: isSimulated ? 1 : 0 })
    .where('id', '=', runId)
    .execute()
  if (!isSimulated) {
    await trx.updateTable('attempts').set({ simulated: 0 }).where('runId', '=', runId).execute()
    return
  }
  // Written before it is read: who reserves at this moment is waited for, and what it holds is seen.
  const attempts = await trx
    .updateTable('attempts')
    .set({ simulated: 1 })
    .where('runId', '=', runId)
    .returning(['id', 'budgetKeys', 'reservedMicroUsd', 'state'])
    .execute()
  for (const { id, budgetKeys, reservedMicroUsd, state } of attempts) {
    const held = names.parse(JSON.parse(budgetKeys))
    if (held.every((name) => budgets.includes(name))) continue
    const isHeld = state !== 'merged' && state !== 'void'
    if (isHeld)
      for (const key of held.filter((name) => !budgets.includes(name)))
        await trx
          .updateTable('budgets')
          .set({ reservedMicroUsd: sql`reserved_micro_usd - ${reservedMicroUsd}` })
          .where('key', '=', key)
          .execute()
    await trx
      .updateTable('attempts')
      .set({ budgetKeys: JSON.stringify(held.filter((name) => budgets.includes(name))) })
      .where('id', '=', id)
      .execute()
  }
}
