import type { Transaction } from 'kysely'
import { addCounts, parseCounts } from '../../domain/outcome.ts'
import { noWait } from '../../domain/wait.ts'
import type { AttemptRow } from '../../ports/state.ts'
import type { AttemptStore } from '../../ports/store/attempts.ts'
import type { TryStore } from '../../ports/store/requests.ts'
import type { Claim } from '../../ports/store/runs.ts'
import { insertAttempt } from './insert-attempt.ts'
import type { StoreContext } from '../database/context.ts'
import { noteMove } from '../runs/events.ts'
import { writeAttempt } from '../database/fence.ts'
import { returnMoney, returnTokens } from '../ledger/give-back.ts'
import { wakeWaiting, wakeRun } from './wake.ts'
import type { Tables } from '../schema/schema.ts'
import { takeBackTries } from '../requests/tries.ts'

type Ending = Parameters<AttemptStore['voidAttempt']>[1]

/** `AttemptStore.voidAttempt`. */
export async function voidAttempt(
  context: StoreContext,
  claim: Claim,
  { reason, now, again, outcome }: Ending,
): Promise<void> {
  return context.transact(async (trx) => {
    const ending = outcome?.outcome === 'cancelled' ? 'cancelled' : null
    const before = await endUnpaid(context, trx, claim, { reason, now, ending })
    if (again && before.state !== 'void')
      await insertAttempt(context, trx, {
        runId: before.runId,
        batchN: before.batchN,
        n: before.n + 1,
        nonce: again.nonce,
        now,
        nextAt: again.nextAt,
        wait: again.wait ?? noWait,
      })
    // What a record had before it was queued again is not lost because nobody sends it any more.
    if (outcome?.outcome === 'cancelled')
      await takeBackTries(context, trx, before.runId, before.batchN, 'unsent')
    if (outcome) await endRequests(context, trx, before, outcome)
    await noteMove(trx, before, 'void', now, reason)
    await wakeRun(context, trx, before.runId, now)
  })
}

/** `TryStore.takeBackRetry`. */
export function takeBackRetry(
  context: StoreContext,
  claim: Claim,
  now: number,
): ReturnType<TryStore['takeBackRetry']> {
  const reason = 'taken out of the queue: its stored answers are judged again'
  return context.transact(async (trx) => {
    const before = await endUnpaid(context, trx, claim, { reason, now, ending: null })
    const count = await takeBackTries(context, trx, before.runId, before.batchN, 'queued')
    await noteMove(trx, before, 'void', now, reason)
    await wakeRun(context, trx, before.runId, now)
    return count
  })
}

async function endUnpaid(
  context: StoreContext,
  trx: Transaction<Tables>,
  claim: Claim,
  { reason, now, ending }: Pick<Ending, 'reason' | 'now'> & Pick<AttemptRow, 'ending'>,
): Promise<AttemptRow> {
  const before = await writeAttempt(
    trx,
    claim,
    { reason, ending, nextAt: null, leaseUntil: 0, holder: null, ...noWait },
    'void',
  )
  await returnMoney(trx, before, 'void', 0, now, reason)
  await returnTokens(trx, before)
  await wakeWaiting(context, trx, before.runId)
  return before
}

async function endRequests(
  { dialect }: Pick<StoreContext, 'dialect'>,
  trx: Transaction<Tables>,
  { runId, batchN }: Pick<AttemptRow, 'runId' | 'batchN'>,
  { outcome, reason }: NonNullable<Ending['outcome']>,
): Promise<void> {
  const ended = await trx
    .updateTable('requests')
    .set({ outcome, reason })
    .where('runId', '=', runId)
    .where('batchN', '=', batchN)
    .where('outcome', '=', 'pending')
    .executeTakeFirst()
  const batch = await trx
    .selectFrom('batches')
    .select('counts')
    .where('runId', '=', runId)
    .where('n', '=', batchN)
    .$if(dialect === 'postgres', (query) => query.forUpdate())
    .executeTakeFirstOrThrow()
  const counts = addCounts(parseCounts(batch.counts), { [outcome]: Number(ended.numUpdatedRows) })
  await trx
    .updateTable('batches')
    .set({ counts: JSON.stringify(counts) })
    .where('runId', '=', runId)
    .where('n', '=', batchN)
    .execute()
}
