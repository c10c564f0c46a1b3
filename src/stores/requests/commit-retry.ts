import { sql } from 'kysely'
import type { BuiltRetry } from '../../ports/store/requests.ts'
import type { Claim } from '../../ports/store/runs.ts'
import { insertBatch } from '../attempts/insert-attempt.ts'
import type { StoreContext } from '../database/context.ts'
import { writeRun } from '../database/fence.ts'
import { type ColumnType, jsonRows } from '../database/json-rows.ts'
import { note } from '../runs/events.ts'
import { leaveBatches, overSeqs } from './leaving-batches.ts'
import { infrastructureFailures, wasChosen } from './retrying.ts'
import { rememberTries } from './tries.ts'

/** Rows of one statement: a JSON parameter of well under a megabyte. */
const rowsPerStatement = 2_000

const movedColumns = {
  seq: 'integer',
  line: 'integer',
  fileOffset: 'integer',
  fileLength: 'integer',
  rowOffset: 'integer',
  rowLength: 'integer',
} as const satisfies Record<string, ColumnType>

/** `BuildStore.commitRetry`. */
export async function commitRetry(context: StoreContext, claim: Claim, retry: BuiltRetry): Promise<void> {
  return context.transact(async (trx) => {
    const runId = String(claim.unit.id)
    await writeRun(trx, claim, {
      nextBatch: retry.nextBatch,
      round: retry.round,
      fallbackRows: retry.fallbackRows,
    })
    const moved = await leaveBatches(
      context,
      trx,
      runId,
      retry.requests.map(({ seq }) => seq),
    )
    await rememberTries(context, trx, runId, [...retry.requests, ...moved.folds])
    await insertBatch(context, trx, runId, retry.batch, retry.nonce, retry.now, {
      records: retry.batch.requests + moved.folds.length,
      repairs: retry.repairs ?? 0,
    })
    for (let at = 0; at < retry.requests.length; at += rowsPerStatement) {
      const rows = jsonRows(context.dialect, retry.requests.slice(at, at + rowsPerStatement), movedColumns)
      await sql`with moved as materialized (${rows})
        update requests set batch_n = ${retry.batch.n}, line = moved.line, file_tag = ${retry.batch.tag},
          file_offset = moved.file_offset, file_length = moved.file_length, row_offset = moved.row_offset, row_length = moved.row_length,
          infrastructure_failures = infrastructure_failures + case when outcome in (${sql.join(infrastructureFailures)}) then 1 else 0 end,
          tries = tries + 1, retry_requested = case when retry_requested = 0 then 0 else ${sql.lit(wasChosen)} end, retry_delivery_mode = null, ${unanswered}
        from moved where requests.run_id = ${runId} and requests.seq = moved.seq`.execute(trx)
    }
    await overSeqs(context.dialect, moved.folds, (folds) =>
      sql`with moved as materialized (${folds})
        update requests set batch_n = ${retry.batch.n}, retry_requested = 0, ${unanswered}
        from moved where requests.run_id = ${runId} and requests.seq = moved.seq`.execute(trx),
    )
    await note(trx, runId, retry.now, 'batch.built', {
      batch: retry.batch.n,
      requests: retry.batch.requests,
      round: retry.round,
    })
  })
}

/** What a request has of a try that has not ended. */
const unanswered =
  sql.raw(`outcome = 'pending', reason = null, standing_try = null, attempt_id = null, answer_file = null,
  answer_offset = null, answer_length = null, input_tokens = null, output_tokens = null, cost_pico_usd = null,
  score_permille = null`)
