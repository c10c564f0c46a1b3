import { sql } from 'kysely'
import { insertAttempt } from '../requests/building.ts'
import { noWait } from '../../domain/wait.ts'
import { note, noteMove } from '../runs/events.ts'
import { writeAttempt } from '../database/fence.ts'
import { reserve, returnMoney, returnTokens, spend, wakeWaiting } from './reservations.ts'
import { estimateCosts, lostAnswers, unbook } from './lost-answers.ts'
import type { AttemptStore } from '../../ports/store/attempts.ts'
import type { StoreContext } from '../database/context.ts'
import { voidAttempt, wakeRun } from './voiding.ts'

/** Attempts: their states, and the money and tokens that they hold. */
export function attemptStore(context: StoreContext): AttemptStore {
  const { db, transact, transactUnclaimed, wake, now: sharedNow } = context
  return {
    attempt: async (id) =>
      (await db.selectFrom('attempts').selectAll().where('id', '=', id).executeTakeFirst()) ?? null,
    attemptOf: async (providerBatchId) =>
      (await db
        .selectFrom('attempts')
        .selectAll()
        .where('providerBatchId', '=', providerBatchId)
        .executeTakeFirst()) ?? null,
    attempts: (runId, states) =>
      db
        .selectFrom('attempts')
        .selectAll()
        .where('runId', '=', runId)
        .$if(states !== undefined, (query) => query.where('state', 'in', [...(states ?? [])]))
        .orderBy('id')
        .execute(),
    async knownBatches(account, sinceMs, limit) {
      const rows = await db
        .selectFrom('attempts')
        .select(['providerBatchId', 'triedAt'])
        .where('account', '=', account)
        .where('providerBatchId', 'is not', null)
        .where('triedAt', '>=', sinceMs)
        .orderBy('id', 'desc')
        .limit(limit)
        .execute()
      return rows.flatMap(({ providerBatchId, triedAt }) =>
        providerBatchId === null || triedAt === null ? [] : [{ providerBatchId, triedAt }],
      )
    },
    async waitingAttempts(runId) {
      const rows = await db
        .selectFrom('attempts')
        .select(['waitsFor', (eb) => eb.fn.countAll<number>().as('count')])
        .where('runId', '=', runId)
        .where('waitsFor', 'is not', null)
        .groupBy('waitsFor')
        .execute()
      return Object.fromEntries(rows.map(({ waitsFor, count }) => [waitsFor, count]))
    },
    acceptWaiting: (runId, reasons, now) =>
      transactUnclaimed(async (trx) => {
        const accepted = await trx
          .updateTable('attempts')
          .set({ acceptedAt: now, nextAt: now })
          .where('runId', '=', runId)
          .where((eb) => eb.or([eb('waitsFor', 'in', [...reasons]), eb('state', '=', 'fenced')]))
          .where((eb) => eb.or([eb('acceptedAt', 'is', null), eb('acceptedAt', '<', eb.ref('waitingSince'))]))
          .returning('id')
          .execute()
        await wake(
          trx,
          accepted.map(({ id }) => ({ unit: { kind: 'attempt', id }, at: now })),
        )
        return accepted.length
      }),
    restartWaits: (runId) =>
      transactUnclaimed(async (trx) => {
        const restarted = { waitTries: 0, waitingSince: sharedNow() }
        await trx
          .updateTable('attempts')
          .set(restarted)
          .where('runId', '=', runId)
          .where('waitsFor', 'is not', null)
          // What a person has taken as it is stays so.
          .where((eb) => eb.or([eb('acceptedAt', 'is', null), eb('acceptedAt', '<', eb.ref('waitingSince'))]))
          .execute()
      }),
    ...lostAnswers(context),
    batch: async (runId, n) =>
      (await db
        .selectFrom('batches')
        .selectAll()
        .where('runId', '=', runId)
        .where('n', '=', n)
        .executeTakeFirst()) ?? null,
    batches: (runId) =>
      db.selectFrom('batches').selectAll().where('runId', '=', runId).orderBy('n').execute(),
    move: (claim, to, changes) =>
      transact(async (trx) => {
        const before = await writeAttempt(trx, claim, { ...noWait, ...changes }, to)
        if (before.state !== to) await noteMove(trx, before, to, sharedNow())
      }),
    saveAttempt: (claim, changes, happened) =>
      transact(async (trx) => {
        const before = await writeAttempt(trx, claim, changes)
        if (happened) await note(trx, before.runId, happened.at, happened.kind, happened.data)
      }),
    tighten: (claim, { runId, n }, maxTokens, maxCostMicroUsd) =>
      transact(async (trx) => {
        await writeAttempt(trx, claim, { reason: null })
        await trx
          .updateTable('batches')
          .set({ maxTokens, maxCostMicroUsd, exact: 1 })
          .where('runId', '=', runId)
          .where('n', '=', n)
          .execute()
      }),
    reserve: (claim, wanted) => reserve(transact, claim, wanted),
    async recordCreated(attemptId, nonce, { providerBatchId, account, expiresAt, nextAt, epoch }) {
      // Told by somebody who does not hold the attempt, or no more: its holder works on a state that is no more, and lets go.
      const isHolders = nextAt !== null ? sql`false` : epoch === undefined ? sql`true` : sql`epoch = ${epoch}`
      const lookAt = nextAt ?? sharedNow()
      return transact(async (trx) => {
        const known = await trx
          .selectFrom('attempts')
          .selectAll()
          .where('id', '=', attemptId)
          .executeTakeFirst()
        if (known?.providerBatchId === providerBatchId) return true
        const result = await trx
          .updateTable('attempts')
          .set({
            state: 'created',
            providerBatchId,
            account,
            expiresAt,
            lookups: 0,
            ...noWait,
            epoch: sql<number>`case when ${isHolders} then epoch else epoch + 1 end`,
            leaseUntil: sql<number>`case when ${isHolders} then lease_until else 0 end`,
            holder: sql<string | null>`case when ${isHolders} then holder end`,
            nextAt: sql<number | null>`case when ${isHolders} then next_at else ${lookAt} end`,
          })
          .where('id', '=', attemptId)
          .where('nonce', '=', nonce)
          .where('state', 'in', ['creating', 'in_doubt'])
          .where('providerBatchId', 'is', null)
          .executeTakeFirst()
        if (result.numUpdatedRows === 0n || !known) {
          // Another process may have noted the same fact between the two statements.
          const now = await trx
            .selectFrom('attempts')
            .select('providerBatchId')
            .where('id', '=', attemptId)
            .executeTakeFirst()
          return now?.providerBatchId === providerBatchId
        }
        await noteMove(trx, known, 'created', sharedNow())
        if (nextAt !== null || (epoch ?? known.epoch) !== known.epoch)
          await wake(trx, [{ unit: { kind: 'attempt', id: attemptId }, at: lookAt }])
        return true
      })
    },
    voidAttempt: (claim, end) => voidAttempt(context, claim, end),
    replaceAttempt: (claim, { nonce, now }) =>
      transact(async (trx) => {
        const before = await writeAttempt(
          trx,
          claim,
          { nextAt: null, leaseUntil: 0, holder: null, ...noWait },
          'fenced',
        )
        if (before.state === 'fenced') return
        await insertAttempt(context, trx, {
          runId: before.runId,
          batchN: before.batchN,
          n: before.n + 1,
          nonce,
          now,
          nextAt: now,
        })
        await noteMove(trx, before, 'fenced', now)
      }),
    freeTokens: (claim) =>
      transact(async (trx) => {
        const before = await writeAttempt(trx, claim, {})
        await returnTokens(trx, before)
        await wakeWaiting(context, trx, before.runId)
      }),
    settle: (
      claim,
      { amountMicroUsd, possiblyPaidMicroUsd, estimatePicoUsd, unbookedPicoUsd = 0, now, note: text, to },
    ) =>
      transact(async (trx) => {
        const before = await writeAttempt(
          trx,
          claim,
          { nextAt: null, leaseUntil: 0, holder: null, possiblyPaidMicroUsd, ...noWait },
          to,
        )
        if (estimatePicoUsd !== null) await estimateCosts(trx, context.dialect, before, estimatePicoUsd)
        if (unbookedPicoUsd > 0) await unbook(trx, context.dialect, before, unbookedPicoUsd)
        await returnMoney(trx, before, 'settle', amountMicroUsd, now, text)
        await returnTokens(trx, before)
        await wakeWaiting(context, trx, before.runId)
        await noteMove(trx, before, to, now)
        await wakeRun(context, trx, before.runId, now)
      }),
    async markCleaned(attemptId) {
      await db.updateTable('attempts').set({ remoteDeleted: 1 }).where('id', '=', attemptId).execute()
    },
    async markTracked(attemptId, phase) {
      await db.updateTable('attempts').set({ tracked: phase }).where('id', '=', attemptId).execute()
    },
    recordDuplicate: (attemptId, runId, job, amountMicroUsd, now, text) =>
      transact(async (trx) => {
        const noted = await trx
          .insertInto('ledger')
          .values({ attemptId, kind: 'duplicate', runId, job, amountMicroUsd, at: now, note: text })
          .onConflict((conflict) => conflict.doNothing())
          .executeTakeFirst()
        if (noted.numInsertedOrUpdatedRows === 0n) return false
        const attempt = await trx
          .selectFrom('attempts')
          .select('budgetKeys')
          .where('id', '=', attemptId)
          .executeTakeFirst()
        if (attempt) await spend(trx, attempt, amountMicroUsd)
        return true
      }),
  }
}
