import type { Transaction } from 'kysely'
import { addCounts, parseCounts } from '../../domain/outcome.ts'
import { parseSums } from '../../domain/sums.ts'
import { noWait } from '../../domain/wait.ts'
import type { AttemptRow } from '../../ports/state.ts'
import type { AttemptStore } from '../../ports/store/attempts.ts'
import type { StoreContext } from '../database/context.ts'
import { note, noteMove } from '../runs/events.ts'
import { writeAttempt } from '../database/fence.ts'
import type { Tables } from '../schema/schema.ts'

/** Sums of a batch that are about its last answer files, and not about its requests. */
const sumsOfFiles: readonly string[] = [
  'strayPicoUsd',
  'repeatedPicoUsd',
  'duplicatePicoUsd',
  'untoldPicoUsd',
  'readTokens',
  'untold',
  'heldPicoUsd',
  'heldLines',
]

/** Looking again for answers that a service may have and did not give. */
export function lostAnswers({
  transact,
  transactUnclaimed,
  wake,
  dialect,
  now: sharedNow,
}: StoreContext): Pick<AttemptStore, 'lookForAnswers' | 'reopenLost'> {
  return {
    lookForAnswers: (claim, { fetches, wait, happened }) =>
      transact(async (trx) => {
        const before = await writeAttempt(trx, claim, { fetches, mergedBytes: 0, ...wait }, 'finalizing')
        await forgetFiles(trx, dialect, before, 0)
        if (happened) await note(trx, before.runId, happened.at, happened.kind, happened.data)
      }),
    reopenLost: (runId, attemptIds, now) =>
      transactUnclaimed(async (trx) => {
        const attempts = await trx
          .selectFrom('attempts')
          .selectAll()
          .where('runId', '=', runId)
          .where('state', '=', 'merged')
          .where('id', 'in', [...attemptIds])
          .execute()
        let reopened = 0
        for (const attempt of attempts) reopened += await reopen(trx, attempt, now)
        return reopened
      }),
  }

  async function reopen(trx: Transaction<Tables>, attempt: AttemptRow, now: number): Promise<number> {
    const found = await trx
      .updateTable('requests')
      .set({ outcome: 'pending', reason: null })
      .where('runId', '=', attempt.runId)
      .where('batchN', '=', attempt.batchN)
      .where('outcome', '=', 'lost')
      .executeTakeFirst()
    const count = Number(found.numUpdatedRows)
    if (count === 0) return 0
    await trx
      .updateTable('attempts')
      .set({
        state: 'finalizing',
        fetches: attempt.fetches + 1,
        mergedBytes: 0,
        acceptedAt: null,
        nextAt: now,
        ...noWait,
      })
      .where('id', '=', attempt.id)
      .execute()
    await forgetFiles(trx, dialect, attempt, count)
    await noteMove(trx, attempt, 'finalizing', sharedNow())
    await wake(trx, [{ unit: { kind: 'attempt', id: attempt.id }, at: now }])
    return count
  }
}

/** What the last answer files of a batch were made of counts no more; `reopened` of its lost requests are pending again. */
async function forgetFiles(
  trx: Transaction<Tables>,
  dialect: StoreContext['dialect'],
  { runId, batchN }: Pick<AttemptRow, 'runId' | 'batchN'>,
  reopened: number,
): Promise<void> {
  const batch = await trx
    .selectFrom('batches')
    .select(['counts', 'usage'])
    .where('runId', '=', runId)
    .where('n', '=', batchN)
    .$if(dialect === 'postgres', (query) => query.forUpdate())
    .executeTakeFirstOrThrow()
  const usage = Object.fromEntries(
    Object.entries(parseSums(batch.usage)).filter(([name]) => !sumsOfFiles.includes(name)),
  )
  await trx
    .updateTable('batches')
    .set({
      accounting: '{}',
      usage: JSON.stringify(usage),
      counts: JSON.stringify(addCounts(parseCounts(batch.counts), { lost: -reopened })),
    })
    .where('runId', '=', runId)
    .where('n', '=', batchN)
    .execute()
}
