import { type Kysely, sql, type Transaction } from 'kysely'
import { noWait } from '../../domain/wait.ts'
import type { Claim } from '../../ports/store/runs.ts'
import type { Reservation, Shortage } from '../../ports/store/ledger.ts'
import type { StoreContext } from '../database/context.ts'
import type { Dialect } from '../database/json-rows.ts'
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
 * The reservation of money in every budget and tokens in the quota, or of nothing at all; it moves the attempt to
 * `reserved`. This is the only way to money: of a run that may send nothing, nothing is reserved, whatever asks for it.
 */
export async function reserve(
  { transact, dialect }: Pick<StoreContext, 'transact' | 'dialect'>,
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
          assignedAccount: wanted.account,
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
      await requireFreePlace(trx, dialect, before.id, wanted)
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

/** Throws `Short` where as many batches are at work with the account as may be. */
async function requireFreePlace(
  trx: Transaction<Tables>,
  dialect: Dialect,
  attemptId: number,
  { account, maxBatches }: Reservation,
): Promise<void> {
  if (account === null || maxBatches === null) return
  // Who counts waits until the one before has its place: SQLite has one writer at a time.
  if (dialect === 'postgres') await sql`select pg_advisory_xact_lock(hashtext(${account}))`.execute(trx)
  const used = await batchesAtWork(trx, account, attemptId)
  if (used >= maxBatches) throw new Short({ short: 'batches', key: account, limit: maxBatches, used })
}

/**
 * Number of batches of an account that hold tokens, at work or about to be; what is asked one by one holds none. A
 * replaced attempt holds its tokens until it is proven that it made no batch, but nobody has seen one: its replacement
 * could wait for it for ever.
 */
export async function batchesAtWork(
  db: Kysely<Tables>,
  account: string,
  except: number | null = null,
): Promise<number> {
  const { count } = await db
    .selectFrom('attempts')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('holdsTokens', '=', 1)
    .where('reservedTokens', '>', 0)
    .where('state', '<>', 'fenced')
    .where((eb) => eb(eb.fn.coalesce('account', 'assignedAccount'), '=', account))
    .$if(except !== null, (query) => query.where('id', '<>', except ?? 0))
    .executeTakeFirstOrThrow()
  return count
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
