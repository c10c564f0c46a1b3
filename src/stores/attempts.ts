import { sql, type Transaction } from 'kysely'
import type { AttemptRow } from '../ports/state.ts'
import type { Claim, Reservation, Shortage, Store } from '../ports/store.ts'
import { addCounts, parseCounts } from '../domain/outcome.ts'
import { insertAttempt } from './building.ts'
import { note } from './events.ts'
import { writeAttempt } from './fence.ts'
import type { StoreContext } from './context.ts'
import type { Tables } from './schema.ts'

type Part = Pick<
  Store,
  | 'attempt'
  | 'attempts'
  | 'batch'
  | 'batches'
  | 'move'
  | 'saveAttempt'
  | 'tighten'
  | 'reserve'
  | 'recordCreated'
  | 'voidAttempt'
  | 'markCleaned'
  | 'replaceAttempt'
  | 'freeTokens'
  | 'settle'
  | 'recordDuplicate'
>

/** Attempts: their states, and the money and tokens that they hold. */
export function attemptStore(context: StoreContext): Part {
  const { db, transact, wake, now: sharedNow } = context
  return {
    attempt: async (id) =>
      (await db.selectFrom('attempts').selectAll().where('id', '=', id).executeTakeFirst()) ?? null,
    attempts: (runId) =>
      db.selectFrom('attempts').selectAll().where('runId', '=', runId).orderBy('id').execute(),
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
        const before = await writeAttempt(trx, claim, changes, to)
        if (before.state !== to) await noteMove(trx, before, to, sharedNow())
      }),
    saveAttempt: (claim, changes) => transact(async (trx) => void (await writeAttempt(trx, claim, changes))),
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
    async recordCreated(attemptId, nonce, { providerBatchId, expiresAt, nextAt }) {
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
            expiresAt,
            looks: 0,
            // Found by somebody who does not hold the attempt: its holder works on a state that is no more, and lets go.
            ...(nextAt === null
              ? {}
              : { nextAt, epoch: sql<number>`epoch + 1`, leaseUntil: 0, holder: null }),
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
        if (nextAt !== null) await wake(trx, [{ unit: { kind: 'attempt', id: attemptId }, at: nextAt }])
        return true
      })
    },
    voidAttempt: (claim, { reason, now, again, outcome }) =>
      transact(async (trx) => {
        const before = await writeAttempt(
          trx,
          claim,
          { reason, nextAt: null, leaseUntil: 0, holder: null },
          'void',
        )
        await returnMoney(trx, before, 'void', 0, now, reason)
        await returnTokens(trx, before)
        await wakeWaiting(context, trx, before.runId)
        if (again && before.state !== 'void')
          await insertAttempt(context, trx, {
            runId: before.runId,
            batchN: before.batchN,
            n: before.n + 1,
            nonce: again.nonce,
            now,
            nextAt: again.nextAt,
          })
        if (outcome) {
          const ended = await trx
            .updateTable('requests')
            .set({ outcome: outcome.outcome, reason: outcome.reason })
            .where('runId', '=', before.runId)
            .where('batchN', '=', before.batchN)
            .where('outcome', '=', 'pending')
            .executeTakeFirst()
          const batch = await trx
            .selectFrom('batches')
            .select('counts')
            .where('runId', '=', before.runId)
            .where('n', '=', before.batchN)
            .$if(context.dialect === 'postgres', (query) => query.forUpdate())
            .executeTakeFirstOrThrow()
          const counts = addCounts(parseCounts(batch.counts), {
            [outcome.outcome]: Number(ended.numUpdatedRows),
          })
          await trx
            .updateTable('batches')
            .set({ counts: JSON.stringify(counts) })
            .where('runId', '=', before.runId)
            .where('n', '=', before.batchN)
            .execute()
        }
        await noteMove(trx, before, 'void', now, reason)
        await wakeRun(context, trx, before.runId, now)
      }),
    replaceAttempt: (claim, { nonce, now }) =>
      transact(async (trx) => {
        const before = await writeAttempt(trx, claim, { nextAt: null, leaseUntil: 0, holder: null }, 'fenced')
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
    settle: (claim, { amountMicroUsd, now, note: text, to }) =>
      transact(async (trx) => {
        const before = await writeAttempt(trx, claim, { nextAt: null, leaseUntil: 0, holder: null }, to)
        await returnMoney(trx, before, 'settle', amountMicroUsd, now, text)
        await returnTokens(trx, before)
        await wakeWaiting(context, trx, before.runId)
        await noteMove(trx, before, to, now)
        await wakeRun(context, trx, before.runId, now)
      }),
    async markCleaned(attemptId) {
      await db.updateTable('attempts').set({ remoteDeleted: 1 }).where('id', '=', attemptId).execute()
    },
    async recordDuplicate(attemptId, runId, job, amountMicroUsd, now, text) {
      await db
        .insertInto('ledger')
        .values({ attemptId, kind: 'duplicate', runId, job, amountMicroUsd, at: now, note: text })
        .onConflict((conflict) => conflict.doNothing())
        .execute()
    },
  }
}

async function reserve(
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
          budgetKeys: JSON.stringify(wanted.budgetKeys),
          filename: wanted.filename,
          reason: null,
        },
        'reserved',
      )
      for (const key of wanted.budgetKeys) {
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
        const budget = await trx.selectFrom('budgets').selectAll().where('key', '=', key).executeTakeFirst()
        if (!budget) continue
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

/** Gives the reservation back and books what was spent; a repetition finds the ledger entry and does nothing. */
async function returnMoney(
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
  if (entry.numInsertedOrUpdatedRows === 0n) return
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

async function returnTokens(trx: Transaction<Tables>, attempt: AttemptRow): Promise<void> {
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
async function wakeWaiting(
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
    .where('reason', 'like', 'waits for%')
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

async function noteMove(
  trx: Transaction<Tables>,
  attempt: AttemptRow,
  to: string,
  at: number,
  reason?: string,
): Promise<void> {
  await note(trx, attempt.runId, at, 'attempt', {
    batch: attempt.batchN,
    attempt: attempt.n,
    state: to,
    ...(reason === undefined ? {} : { reason }),
  })
}

async function wakeRun(
  { wake }: StoreContext,
  trx: Transaction<Tables>,
  runId: string,
  now: number,
): Promise<void> {
  const result = await trx
    .updateTable('runs')
    .set({ nextAt: now })
    .where('id', '=', runId)
    .where('liveKey', 'is not', null)
    .executeTakeFirst()
  if (result.numUpdatedRows > 0n) await wake(trx, [{ unit: { kind: 'run', id: runId }, at: now }])
}
