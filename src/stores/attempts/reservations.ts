import { sql, type Transaction } from 'kysely'
import { noWait } from '../../domain/wait.ts'
import type { AttemptRow } from '../../ports/state.ts'
import type { Claim } from '../../ports/store/work-items.ts'
import type { Reservation, Shortage } from '../../ports/store/attempts.ts'
import type { StoreContext } from '../database/context.ts'
import { noteMove } from '../runs/events.ts'
import { writeAttempt } from '../database/fence.ts'
import type { Tables } from '../schema/schema.ts'

/**
 * Takes money from every budget and tokens from the quota, or nothing at all, and moves the attempt to `reserved`. This is
 * the only way to money: of a run that may send nothing, nothing is reserved, whatever asks for it.
 */
export async function reserve(
  transact: StoreContext['transact'],
  claim: Claim,
  wanted: Reservation,
): Promise<'reserved' | Shortage> {
  class Short {
    readonly shortage: Shortage
    constructor(shortage: Shortage) {
      this.shortage = shortage
    }
  }
  try {
    return await transact(async (trx) => {
      const before = await writeAttempt(
        trx,
        claim,
        {
          reservedMicroUsd: wanted.amountMicroUsd,
          reservedTokens: wanted.tokens,
          holdsTokens: 1,
          quotaKey: wanted.quotaKey,
          budgetKeys: JSON.stringify(wanted.budgets.map(({ key }) => key)),
          filename: wanted.filename,
          reason: null,
          ...noWait,
        },
        'reserved',
      )
      const { maySend } = await trx
        .selectFrom('runs')
        .select('maySend')
        .where('id', '=', before.runId)
        .executeTakeFirstOrThrow()
      if (maySend === 'nothing')
        throw new Short({ short: 'consent', key: `run:${before.runId}`, limit: 0, used: 0 })
      for (const { key, capMicroUsd } of wanted.budgets) {
        // A day's budget begins with the first batch of the day.
        await trx
          .insertInto('budgets')
          .values({ key, capMicroUsd, reservedMicroUsd: 0, spentMicroUsd: 0 })
          .onConflict((conflict) => conflict.doNothing())
          .execute()
        const taken = await trx
          .updateTable('budgets')
          .set((eb) => ({ reservedMicroUsd: eb('reservedMicroUsd', '+', wanted.amountMicroUsd) }))
          .where('key', '=', key)
          .where((eb) =>
            eb.or([
              eb('capMicroUsd', 'is', null),
              eb(
                sql<number>`reserved_micro_usd + spent_micro_usd + ${wanted.amountMicroUsd}`,
                '<=',
                eb.ref('capMicroUsd'),
              ),
            ]),
          )
          .executeTakeFirst()
        if (taken.numUpdatedRows > 0n) continue
        const budget = await trx
          .selectFrom('budgets')
          .selectAll()
          .where('key', '=', key)
          .executeTakeFirstOrThrow()
        throw new Short({
          short: 'money',
          key,
          limit: budget.capMicroUsd ?? 0,
          used: budget.reservedMicroUsd + budget.spentMicroUsd,
        })
      }
      await trx
        .insertInto('quotas')
        .values({ key: wanted.quotaKey, limitTokens: null, usedTokens: 0, notBefore: 0 })
        .onConflict((conflict) => conflict.doNothing())
        .execute()
      const admitted = await trx
        .updateTable('quotas')
        .set((eb) => ({ usedTokens: eb('usedTokens', '+', wanted.tokens) }))
        .where('key', '=', wanted.quotaKey)
        .where((eb) =>
          eb.or([
            eb('limitTokens', 'is', null),
            eb(sql<number>`used_tokens + ${wanted.tokens}`, '<=', eb.ref('limitTokens')),
          ]),
        )
        .executeTakeFirst()
      if (admitted.numUpdatedRows === 0n) {
        const quota = await trx
          .selectFrom('quotas')
          .selectAll()
          .where('key', '=', wanted.quotaKey)
          .executeTakeFirstOrThrow()
        throw new Short({
          short: 'tokens',
          key: wanted.quotaKey,
          limit: quota.limitTokens ?? 0,
          used: quota.usedTokens,
        })
      }
      await trx
        .insertInto('ledger')
        .values({
          attemptId: before.id,
          kind: 'reserve',
          runId: before.runId,
          job: wanted.job,
          amountMicroUsd: wanted.amountMicroUsd,
          at: wanted.now,
          note: null,
        })
        .execute()
      await noteMove(trx, before, 'reserved', wanted.now)
      return 'reserved' as const
    })
  } catch (thrown) {
    if (thrown instanceof Short) return thrown.shortage
    throw thrown
  }
}

/**
 * Gives the reservation back and books what was spent; a repetition changes nothing. Settled anew with another amount,
 * because a later look has found answers, the difference is booked as an adjustment.
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

/** Books an amount as spent in every budget of an attempt. */
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

/** Frees the enqueued tokens of an attempt, once. */
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

/**
 * Money or tokens have come free that somebody may be waiting for. One that is asking for them now holds its own row
 * and waits for the budget's: it is passed over, or the two would wait for each other.
 */
export async function wakeWaiting(
  { dialect, wake }: StoreContext,
  trx: Transaction<Tables>,
  runId: string,
): Promise<void> {
  const waiting = await trx
    .selectFrom('attempts')
    .select('id')
    .where('state', '=', 'waiting')
    .where('nextAt', 'is not', null)
    .where('runId', '=', runId)
    .where('waitsFor', 'in', ['budget', 'tokens'])
    .orderBy('id')
    .$if(dialect === 'postgres', (query) => query.forUpdate().skipLocked())
    .execute()
  if (waiting.length === 0) return
  await trx
    .updateTable('attempts')
    .set({ nextAt: 0 })
    .where(
      'id',
      'in',
      waiting.map(({ id }) => id),
    )
    .execute()
  await wake(
    trx,
    waiting.map(({ id }) => ({ unit: { kind: 'attempt', id }, at: 0 })),
  )
}
