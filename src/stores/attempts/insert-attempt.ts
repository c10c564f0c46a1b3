import { sql, type Transaction } from 'kysely'
import { noWait, type Wait } from '../../domain/wait.ts'
import type { NewBatchRow } from '../../ports/store/requests.ts'
import type { StoreContext } from '../database/context.ts'
import type { Tables } from '../schema/schema.ts'

/** A file of requests, and the first attempt at it. */
export async function insertBatch(
  context: StoreContext,
  trx: Transaction<Tables>,
  runId: string,
  batch: NewBatchRow,
  nonce: string,
  now: number,
  { records = batch.requests, repairs = 0 }: { readonly records?: number; readonly repairs?: number } = {},
): Promise<void> {
  await trx
    .insertInto('batches')
    .values({
      ...batch,
      runId,
      records,
      exact: 0,
      counts: '{}',
      usage: JSON.stringify(repairs === 0 ? {} : { repairRequests: repairs }),
      accounting: '{}',
    })
    .execute()
  await insertAttempt(context, trx, { runId, batchN: batch.n, n: 1, nonce, now, nextAt: now })
}

/** A new attempt that waits for admission. */
export async function insertAttempt(
  { wake }: StoreContext,
  trx: Transaction<Tables>,
  attempt: {
    readonly runId: string
    readonly batchN: number
    readonly n: number
    readonly nonce: string
    readonly now: number
    readonly nextAt: number
    readonly wait?: Wait
  },
): Promise<void> {
  const { runId, batchN, n, nonce, now, nextAt, wait = noWait } = attempt
  const made = await trx
    .insertInto('attempts')
    .values({
      runId,
      batchN,
      n,
      nonce,
      nextAt,
      idTag: null,
      state: 'waiting',
      reason: null,
      createdAt: now,
      reservedMicroUsd: 0,
      reservedTokens: 0,
      possiblyPaidMicroUsd: 0,
      holdsTokens: 0,
      quotaKey: null,
      budgetKeys: '[]',
      filename: null,
      staged: null,
      triedAt: null,
      lookups: 0,
      withdrawnAt: null,
      account: null,
      provider: (eb) => eb.selectFrom('runs').select('provider').where('id', '=', runId),
      simulated: (eb) =>
        eb
          .selectFrom('runs')
          .select((run) => run.fn.coalesce('simulated', sql<number>`0`).as('simulated'))
          .where('id', '=', runId),
      providerBatchId: null,
      expiresAt: null,
      remoteTotal: 0,
      remoteCompleted: 0,
      remoteFailed: 0,
      remoteUsage: null,
      ending: null,
      errors: null,
      outputPart: null,
      errorPart: null,
      outputBytes: null,
      errorBytes: null,
      fetches: 0,
      acceptedAt: null,
      collectedAt: null,
      ...wait,
      mergedBytes: 0,
      remoteDeleted: 0,
      tracked: null,
      epoch: 0,
      holder: null,
      leaseUntil: 0,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  await wake(trx, [{ unit: { kind: 'attempt', id: made.id }, at: nextAt }])
}
