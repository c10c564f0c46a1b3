import type { Transaction } from 'kysely'
import { unusableOutcomes } from '../../domain/outcome.ts'
import { parseSums, type Sums } from '../../domain/sums.ts'
import type { AttemptRow } from '../../ports/state.ts'
import type { StoreContext } from '../database/context.ts'
import type { Tables } from '../schema/schema.ts'

type Bought = Pick<AttemptRow, 'id' | 'runId' | 'batchN'>

/**
 * A write that gives each answer of a batch whose usage is not known the same cost, in place of the highest that it
 * could have had. The sums of the batch follow.
 */
export async function estimateCosts(
  trx: Transaction<Tables>,
  dialect: StoreContext['dialect'],
  attempt: Bought,
  estimatePicoUsd: number,
): Promise<void> {
  const { id, runId, batchN } = attempt
  let changed = 0
  let unusablePicoUsd = 0
  for (const tried of ['requests', 'pastTries'] as const) {
    const unusable = await trx
      .selectFrom(tried)
      .select(({ fn }) => [fn.sum('costPicoUsd').as('picoUsd'), fn.countAll().as('answers')])
      .where('runId', '=', runId)
      .where('batchN', '=', batchN)
      .where('attemptId', '=', id)
      .where('inputTokens', 'is', null)
      .where('costPicoUsd', 'is not', null)
      .where('outcome', 'in', unusableOutcomes)
      .executeTakeFirstOrThrow()
    unusablePicoUsd += Number(unusable.answers) * estimatePicoUsd - Number(unusable.picoUsd ?? 0)
    const { numUpdatedRows } = await trx
      .updateTable(tried)
      .set({ costPicoUsd: estimatePicoUsd })
      .where('runId', '=', runId)
      .where('batchN', '=', batchN)
      .where('attemptId', '=', id)
      .where('inputTokens', 'is', null)
      .where('costPicoUsd', 'is not', null)
      .executeTakeFirst()
    changed += Number(numUpdatedRows)
  }
  await correctSums(trx, dialect, attempt, (usage) => {
    const estimatedPicoUsd = changed * estimatePicoUsd
    const difference = estimatedPicoUsd - (usage['estimatedPicoUsd'] ?? 0)
    return {
      estimatedPicoUsd,
      costPicoUsd: (usage['costPicoUsd'] ?? 0) + difference,
      unusablePicoUsd: (usage['unusablePicoUsd'] ?? 0) + unusablePicoUsd,
    }
  })
}

/** A change of a batch's sums that takes out what was booked for answers that are not used, and is not settled. */
export function unbook(
  trx: Transaction<Tables>,
  dialect: StoreContext['dialect'],
  attempt: Bought,
  picoUsd: number,
): Promise<void> {
  return correctSums(trx, dialect, attempt, (usage) => ({
    duplicatePicoUsd: Math.max(0, (usage['duplicatePicoUsd'] ?? 0) - picoUsd),
  }))
}

async function correctSums(
  trx: Transaction<Tables>,
  dialect: StoreContext['dialect'],
  { runId, batchN }: Bought,
  corrected: (usage: Sums) => Sums,
): Promise<void> {
  const batch = await trx
    .selectFrom('batches')
    .select('usage')
    .where('runId', '=', runId)
    .where('n', '=', batchN)
    .$if(dialect === 'postgres', (query) => query.forUpdate())
    .executeTakeFirstOrThrow()
  const usage = parseSums(batch.usage)
  await trx
    .updateTable('batches')
    .set({ usage: JSON.stringify({ ...usage, ...corrected(usage) }) })
    .where('runId', '=', runId)
    .where('n', '=', batchN)
    .execute()
}
