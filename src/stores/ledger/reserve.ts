import { sql, type Transaction } from 'kysely'
import { noWait } from '../../domain/wait.ts'
import type { Claim } from '../../ports/store/runs.ts'
import type { Reservation, Shortage } from '../../ports/store/ledger.ts'
import type { StoreContext } from '../database/context.ts'
import { noteMove } from '../runs/events.ts'
import { writeAttempt } from '../database/fence.ts'
import type { Tables } from '../schema/schema.ts'

/** Thrown within the transaction, which it undoes. */
class Short {
  readonly shortage: Shortage
  constructor(shortage: Shortage) {
    this.shortage = shortage
  }
}

/**
 * Takes money from every budget and tokens from the quota, or nothing at all, and moves the attempt to `reserved`. This is
 * the only way to money: of a run that may send nothing, nothing is reserved, whatever asks for it.
 */
export async function reserve(
  transact: StoreContext['transact'],
  claim: Claim,
  wanted: Reservation,
): Promise<'reserved' | Shortage> {
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
      for (const budget of wanted.budgets) await takeMoney(trx, budget, wanted.amountMicroUsd)
      await takeTokens(trx, wanted)
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

/** Throws `Short` where a budget has no room. */
async function takeMoney(
  trx: Transaction<Tables>,
  { key, capMicroUsd }: Reservation['budgets'][number],
  amountMicroUsd: number,
): Promise<void> {
  // A day's budget begins with the first batch of the day.
  await trx
    .insertInto('budgets')
    .values({ key, capMicroUsd, reservedMicroUsd: 0, spentMicroUsd: 0 })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  const taken = await trx
    .updateTable('budgets')
    .set((eb) => ({ reservedMicroUsd: eb('reservedMicroUsd', '+', amountMicroUsd) }))
    .where('key', '=', key)
    .where((eb) =>
      eb.or([
        eb('capMicroUsd', 'is', null),
        eb(
          sql<number>`reserved_micro_usd + spent_micro_usd + ${amountMicroUsd}`,
          '<=',
          eb.ref('capMicroUsd'),
        ),
      ]),
    )
    .executeTakeFirst()
  if (taken.numUpdatedRows > 0n) return
  const budget = await trx.selectFrom('budgets').selectAll().where('key', '=', key).executeTakeFirstOrThrow()
  throw new Short({
    short: 'money',
    key,
    limit: budget.capMicroUsd ?? 0,
    used: budget.reservedMicroUsd + budget.spentMicroUsd,
  })
}

/** Throws `Short` where the quota has no room. */
async function takeTokens(trx: Transaction<Tables>, { quotaKey, tokens }: Reservation): Promise<void> {
  await trx
    .insertInto('quotas')
    .values({ key: quotaKey, limitTokens: null, usedTokens: 0, notBefore: 0 })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  const admitted = await trx
    .updateTable('quotas')
    .set((eb) => ({ usedTokens: eb('usedTokens', '+', tokens) }))
    .where('key', '=', quotaKey)
    .where((eb) =>
      eb.or([
        eb('limitTokens', 'is', null),
        eb(sql<number>`used_tokens + ${tokens}`, '<=', eb.ref('limitTokens')),
      ]),
    )
    .executeTakeFirst()
  if (admitted.numUpdatedRows > 0n) return
  const quota = await trx
    .selectFrom('quotas')
    .selectAll()
    .where('key', '=', quotaKey)
    .executeTakeFirstOrThrow()
  throw new Short({
    short: 'tokens',
    key: quotaKey,
    limit: quota.limitTokens ?? 0,
    used: quota.usedTokens,
  })
}
