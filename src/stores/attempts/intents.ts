import { sql, type Transaction } from 'kysely'
import type { Intent } from '../../domain/intent.ts'
import type { IntentStore } from '../../ports/store/attempts.ts'
import type { StoreContext } from '../database/context.ts'
import { takeIntent } from './take-intent.ts'
import { isNewBesideFiles } from '../runs/project.ts'
import { note } from '../runs/events.ts'
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
    keepIntents: (intents) => transact((trx) => keepIntents(trx, intents)),
    async unknownIntents(job) {
      const rows = await db
        .selectFrom('intents')
        .selectAll()
        .$if(job !== null, (query) => query.where('job', 'in', [job ?? '', '']))
        .where('status', 'in', ['open', 'twin'])
        .orderBy('number')
        .orderBy('nonce')
        .execute()
      return rows.flatMap(({ intent, number, status, takenBy }) => {
        const read: Intent = JSON.parse(intent)
        return status === 'open' || status === 'twin' ? [{ ...read, number, status, takenBy }] : []
      })
    },
    async intentStatus(nonce) {
      const row = await db
        .selectFrom('intents')
        .select('status')
        .where('nonce', '=', nonce)
        .executeTakeFirst()
      return row?.status ?? null
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
    takeIntent: (claim, taken) => transact((trx) => takeIntent(trx, dialect, claim, taken)),
    async closeIntents(nonces) {
      if (nonces.length > 0)
        await db
          .updateTable('intents')
          .set({ status: 'closed' })
          .where('nonce', 'in', [...nonces])
          .where('status', 'in', ['open', 'twin'])
          .execute()
    },
    async closeTwins(runId) {
      await db
        .updateTable('intents')
        .set({ status: 'closed' })
        .where('status', '=', 'twin')
        .where('takenBy', 'in', (eb) => eb.selectFrom('attempts').select('id').where('runId', '=', runId))
        .execute()
    },
  }
}

async function keepIntents(trx: Transaction<Tables>, intents: readonly Intent[]): Promise<number> {
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
        status: 'open',
        takenBy: null,
        intent: JSON.stringify(intent),
      })
      .onConflict((conflict) => {
        const again = conflict.column('nonce')
        // A note beside the state proves that a try is its own, whoever told of it first.
        const isNoted = sql<boolean>`intents.number < ${number}`
        const larger = sql<number>`case when ${isNoted} then ${number} else intents.number end`
        return job === ''
          ? again.doUpdateSet({ number: larger }).where(isNoted)
          : again
              .doUpdateSet({ job, inputHash, number: larger, intent: JSON.stringify(intent) })
              .where(sql<boolean>`(intents.job = '' or ${isNoted})`)
      })
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
}
