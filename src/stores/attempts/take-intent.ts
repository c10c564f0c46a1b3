import { sql, type Transaction } from 'kysely'
import { noWait } from '../../domain/wait.ts'
import type { AttemptRow } from '../../ports/state.ts'
import type { TakenIntent } from '../../ports/store/attempts.ts'
import type { Claim } from '../../ports/store/runs.ts'
import { writeAttempt } from '../database/fence.ts'
import type { Dialect } from '../database/json-rows.ts'
import { noteMove } from '../runs/events.ts'
import type { Tables } from '../schema/schema.ts'

/** `IntentStore.takeIntent`, within a transaction. */
export async function takeIntent(
  trx: Transaction<Tables>,
  dialect: Dialect,
  claim: Claim,
  { intent, to, reservation, now }: TakenIntent,
): Promise<'taken' | 'short' | 'gone'> {
  const { nonce, tag, staged: fileId, filename, account, at, job, inputHash } = intent
  const held = await trx
    .selectFrom('attempts')
    .select('holdsTokens')
    .where('id', '=', Number(claim.unit.id))
    .executeTakeFirst()
  if (held?.holdsTokens === 0 && (await isShort(trx, dialect, reservation))) return 'short'
  const mine = await trx
    .updateTable('intents')
    .set({ status: 'taken' })
    .where('nonce', '=', nonce)
    .where('status', 'in', ['open', 'twin'])
    .executeTakeFirst()
  if (mine.numUpdatedRows === 0n) return 'gone'
  const before = await writeAttempt(
    trx,
    claim,
    {
      nonce,
      idTag: tag,
      staged: fileId,
      filename,
      account,
      triedAt: at,
      lookups: 0,
      withdrawnAt: null,
      reason: null,
      ...noWait,
    },
    to,
  )
  if (inputHash !== '')
    await trx
      .updateTable('intents')
      .set({ status: 'twin', takenBy: before.id })
      .where('job', '=', job)
      .where('inputHash', '=', inputHash)
      .where('status', '=', 'open')
      .execute()
  if (before.holdsTokens === 0) await hold(trx, before, reservation, now)
  await noteMove(trx, before, to, now)
  return 'taken'
}

/** Reserves what the intent can cost, whether or not there is room. */
async function hold(
  trx: Transaction<Tables>,
  before: AttemptRow,
  { budgets, amountMicroUsd, tokens, quotaKey, job }: TakenIntent['reservation'],
  now: number,
): Promise<void> {
  await trx
    .updateTable('attempts')
    .set({
      reservedMicroUsd: amountMicroUsd,
      reservedTokens: tokens,
      holdsTokens: 1,
      quotaKey,
      budgetKeys: JSON.stringify(budgets.map(({ key }) => key)),
    })
    .where('id', '=', before.id)
    .execute()
  for (const { key } of budgets)
    await trx
      .updateTable('budgets')
      .set((eb) => ({ reservedMicroUsd: eb('reservedMicroUsd', '+', amountMicroUsd) }))
      .where('key', '=', key)
      .execute()
  await trx
    .insertInto('quotas')
    .values({ key: quotaKey, limitTokens: null, usedTokens: tokens, notBefore: 0 })
    .onConflict((conflict) =>
      conflict.column('key').doUpdateSet((eb) => ({ usedTokens: eb('quotas.usedTokens', '+', tokens) })),
    )
    .execute()
  await trx
    .insertInto('ledger')
    .values({
      attemptId: before.id,
      kind: 'reserve',
      runId: before.runId,
      job: job,
      amountMicroUsd,
      at: now,
      note: null,
    })
    .execute()
}

/** Whether a budget has no room now and holds reservations that may be given back. */
async function isShort(
  trx: Transaction<Tables>,
  dialect: Dialect,
  { budgets, amountMicroUsd }: TakenIntent['reservation'],
): Promise<boolean> {
  for (const { key, capMicroUsd } of budgets)
    await trx
      .insertInto('budgets')
      .values({ key, capMicroUsd, reservedMicroUsd: 0, spentMicroUsd: 0 })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
  // Whoever reserves from the same budgets waits until this one has: SQLite has one writer at a time.
  if (dialect === 'postgres')
    await trx
      .selectFrom('budgets')
      .select('key')
      .where(
        'key',
        'in',
        budgets.map(({ key }) => key),
      )
      .orderBy('key')
      .forUpdate()
      .execute()
  const full = await trx
    .selectFrom('budgets')
    .select('key')
    .where(
      'key',
      'in',
      budgets.map(({ key }) => key),
    )
    .where('reservedMicroUsd', '>', 0)
    .where(sql<boolean>`reserved_micro_usd + spent_micro_usd + ${amountMicroUsd} > cap_micro_usd`)
    .executeTakeFirst()
  return full !== undefined
}
