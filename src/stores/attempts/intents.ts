import { sql, type Transaction } from 'kysely'
import type { Intent } from '../../domain/intent.ts'
import { noWait } from '../../domain/wait.ts'
import type { IntentStore, TakenIntent } from '../../ports/store/attempts.ts'
import type { Claim } from '../../ports/store/runs.ts'
import type { StoreContext } from '../database/context.ts'
import { isNewBesideFiles } from '../runs/project.ts'
import { note, noteMove } from '../runs/events.ts'
import type { Dialect } from '../database/json-rows.ts'
import { writeAttempt } from '../database/fence.ts'
import type { Tables } from '../schema/schema.ts'

const counter = 'intents'

/** Intents: how many the state has counted, and those beside it that it did not know. */
export function intentStore({ db, dialect, transact }: StoreContext): IntentStore {
  const count = async (from: typeof db): Promise<number> => {
    const row = await from.selectFrom('meta').select('value').where('key', '=', counter).executeTakeFirst()
    return Number(row?.value ?? 0)
  }
  return {
    intentCount: () => count(db),
    nextIntent: () =>
      transact(async (trx) => {
        const row = await trx
          .insertInto('meta')
          .values({ key: counter, value: '1' })
          .onConflict((conflict) =>
            conflict
              .column('key')
              .doUpdateSet({ value: sql<string>`cast(cast(meta.value as bigint) + 1 as text)` }),
          )
          .returning('value')
          .executeTakeFirstOrThrow()
        return Number(row.value)
      }),
    keepIntents: (intents) =>
      transact(async (trx) => {
        let kept = 0
        for (const intent of intents) {
          const { nonce, job, number, inputHash } = intent
          const added = await trx
            .insertInto('intents')
            .values({
              nonce,
              job,
              number,
              inputHash,
              fate: 'open',
              takenBy: null,
              intent: JSON.stringify(intent),
            })
            .onConflict((conflict) =>
              conflict
                .column('nonce')
                .doUpdateSet({ job, inputHash, intent: JSON.stringify(intent) })
                .where('intents.job', '=', '')
                .where(sql<boolean>`${job} <> ''`),
            )
            .executeTakeFirst()
          kept += Number(added.numInsertedOrUpdatedRows ?? 0n)
        }
        const largest = String(Math.max(0, ...intents.map(({ number }) => number)))
        await trx
          .insertInto('meta')
          .values({ key: counter, value: largest })
          .onConflict((conflict) =>
            conflict
              .column('key')
              .doUpdateSet({ value: largest })
              .where(sql<boolean>`cast(meta.value as bigint) < cast(${largest} as bigint)`),
          )
          .execute()
        return kept
      }),
    async unknownIntents(job) {
      const rows = await db
        .selectFrom('intents')
        .selectAll()
        .$if(job !== null, (query) => query.where('job', 'in', [job ?? '', '']))
        .where('fate', 'in', ['open', 'twin'])
        .orderBy('number')
        .orderBy('nonce')
        .execute()
      return rows.flatMap(({ intent, fate, takenBy }) => {
        const read: Intent = JSON.parse(intent)
        return fate === 'open' || fate === 'twin' ? [{ ...read, fate, takenBy }] : []
      })
    },
    async intentStatus(nonce) {
      const row = await db.selectFrom('intents').select('fate').where('nonce', '=', nonce).executeTakeFirst()
      return row?.fate ?? null
    },
    async isOfAnotherCopy(nonce) {
      const row = await db
        .selectFrom('intents')
        .select('number')
        .where('nonce', '=', nonce)
        .executeTakeFirst()
      return row?.number === 0
    },
    tellEarlier: (runId, at, data) =>
      transact(async (trx) => {
        const told = await trx
          .selectFrom('events')
          .select('id')
          .where('runId', '=', runId)
          .where('kind', '=', 'state.older')
          .executeTakeFirst()
        if (!told) await note(trx, runId, at, 'state.older', data)
      }),
    async knownUntil({ id, createdAt }, account) {
      const { last } = await db
        .selectFrom('attempts')
        .select((eb) => eb.fn.max('triedAt').as('last'))
        .where('account', '=', account)
        .where('providerBatchId', 'is not', null)
        .where('runId', '<>', id)
        .where('triedAt', '<', createdAt)
        .executeTakeFirstOrThrow()
      if (last !== null) return last
      if (await isNewBesideFiles(db)) return null
      const { rows } = await sql<{
        made: string
      }>`select min("timestamp") as made from kysely_migration`.execute(db)
      return Date.parse(rows[0]?.made ?? '') || createdAt
    },
    takeIntent: (claim, taken) => transact((trx) => take(trx, dialect, claim, taken)),
    async closeIntents(nonces) {
      if (nonces.length > 0)
        await db
          .updateTable('intents')
          .set({ fate: 'closed' })
          .where('nonce', 'in', [...nonces])
          .where('fate', 'in', ['open', 'twin'])
          .execute()
    },
    async closeTwins(runId) {
      await db
        .updateTable('intents')
        .set({ fate: 'closed' })
        .where('fate', '=', 'twin')
        .where('takenBy', 'in', (eb) => eb.selectFrom('attempts').select('id').where('runId', '=', runId))
        .execute()
    },
  }
}

async function take(
  trx: Transaction<Tables>,
  dialect: Dialect,
  claim: Claim,
  { intent, to, reservation, now }: TakenIntent,
): Promise<'taken' | 'short' | 'gone'> {
  const { nonce, tag, fileId, filename, account, at, job, inputHash } = intent
  const { budgets, amountMicroUsd, tokens, quotaKey } = reservation
  const held = await trx
    .selectFrom('attempts')
    .select('holdsTokens')
    .where('id', '=', Number(claim.unit.id))
    .executeTakeFirst()
  if (held?.holdsTokens === 0 && (await isShort(trx, dialect, reservation))) return 'short'
  const mine = await trx
    .updateTable('intents')
    .set({ fate: 'taken' })
    .where('nonce', '=', nonce)
    .where('fate', 'in', ['open', 'twin'])
    .executeTakeFirst()
  if (mine.numUpdatedRows === 0n) return 'gone'
  const before = await writeAttempt(
    trx,
    claim,
    {
      nonce,
      idTag: tag,
      fileId,
      filename,
      account,
      triedAt: at,
      lookups: 0,
      fencedAt: null,
      reason: null,
      ...noWait,
    },
    to,
  )
  if (inputHash !== '')
    await trx
      .updateTable('intents')
      .set({ fate: 'twin', takenBy: before.id })
      .where('job', '=', job)
      .where('inputHash', '=', inputHash)
      .where('fate', '=', 'open')
      .execute()
  if (before.holdsTokens === 0) {
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
        job: reservation.job,
        amountMicroUsd,
        at: now,
        note: null,
      })
      .execute()
  }
  await noteMove(trx, before, to, now)
  return 'taken'
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
