import { sql, type Transaction } from 'kysely'
import type { AttemptRow } from '../../ports/state.ts'
import type { Tables } from '../schema/schema.ts'

/**
 * The return of a reservation and the booking of what was spent; a repetition changes nothing. Settled anew with
 * another amount, because a later look has found answers, the difference is booked as an adjustment.
 */
export async function returnMoney(
  trx: Transaction<Tables>,
  attempt: AttemptRow,
  kind: 'settle' | 'void',
  amountMicroUsd: number,
  now: number,
  text: string | null,
): Promise<void> {
  const reserved = await trx
    .selectFrom('ledger')
    .select(['job'])
    .where('attemptId', '=', attempt.id)
    .where('kind', '=', 'reserve')
    .executeTakeFirst()
  if (!reserved) return
  const entry = await trx
    .insertInto('ledger')
    .values({
      attemptId: attempt.id,
      kind,
      runId: attempt.runId,
      job: reserved.job,
      amountMicroUsd,
      at: now,
      note: text,
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst()
  if (entry.numInsertedOrUpdatedRows === 0n) {
    if (kind === 'settle') await adjust(trx, attempt, reserved.job, amountMicroUsd, now, text)
    return
  }
  const keys: readonly string[] = JSON.parse(attempt.budgetKeys)
  for (const key of keys) {
    await trx
      .updateTable('budgets')
      .set((eb) => ({
        reservedMicroUsd: eb('reservedMicroUsd', '-', attempt.reservedMicroUsd),
        spentMicroUsd: eb('spentMicroUsd', '+', amountMicroUsd),
      }))
      .where('key', '=', key)
      .execute()
  }
}

/** Brings what is booked for a settled attempt to an amount. */
async function adjust(
  trx: Transaction<Tables>,
  attempt: AttemptRow,
  job: string,
  amountMicroUsd: number,
  at: number,
  text: string | null,
): Promise<void> {
  const booked = await trx
    .selectFrom('ledger')
    // A sum of bigints is no bigint in PostgreSQL.
    .select(sql<number>`cast(sum(amount_micro_usd) as bigint)`.as('amount'))
    .where('attemptId', '=', attempt.id)
    .where('kind', 'in', ['settle', 'adjust'])
    .executeTakeFirstOrThrow()
  const difference = amountMicroUsd - booked.amount
  if (difference === 0) return
  await trx
    .insertInto('ledger')
    .values({
      attemptId: attempt.id,
      kind: 'adjust',
      runId: attempt.runId,
      job,
      amountMicroUsd: difference,
      at,
      note: text,
    })
    .onConflict((conflict) =>
      conflict.columns(['attemptId', 'kind']).doUpdateSet((eb) => ({
        amountMicroUsd: eb('ledger.amountMicroUsd', '+', difference),
        at,
        note: text,
      })),
    )
    .execute()
  await spend(trx, attempt, difference)
}

/** The booking of an amount as spent in every budget of an attempt. */
export async function spend(
  trx: Transaction<Tables>,
  attempt: Pick<AttemptRow, 'budgetKeys'>,
  amountMicroUsd: number,
): Promise<void> {
  const keys: readonly string[] = JSON.parse(attempt.budgetKeys)
  for (const key of keys)
    await trx
      .updateTable('budgets')
      .set((eb) => ({ spentMicroUsd: eb('spentMicroUsd', '+', amountMicroUsd) }))
      .where('key', '=', key)
      .execute()
}

/** The return of an attempt's enqueued tokens, once. */
export async function returnTokens(trx: Transaction<Tables>, attempt: AttemptRow): Promise<void> {
  if (attempt.holdsTokens === 0 || attempt.quotaKey === null) return
  const freed = await trx
    .updateTable('attempts')
    .set({ holdsTokens: 0 })
    .where('id', '=', attempt.id)
    .where('holdsTokens', '=', 1)
    .executeTakeFirst()
  if (freed.numUpdatedRows === 0n) return
  await trx
    .updateTable('quotas')
    .set((eb) => ({ usedTokens: eb('usedTokens', '-', attempt.reservedTokens) }))
    .where('key', '=', attempt.quotaKey)
    .execute()
}
