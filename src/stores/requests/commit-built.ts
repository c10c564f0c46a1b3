import { sql, type Transaction } from 'kysely'
import type { Built, NewRequest } from '../../ports/store/requests.ts'
import type { Claim } from '../../ports/store/runs.ts'
import { insertBatch } from '../attempts/insert-attempt.ts'
import type { StoreContext } from '../database/context.ts'
import { writeRun } from '../database/fence.ts'
import { type ColumnType, jsonRows } from '../database/json-rows.ts'
import { overRows } from '../database/over-rows.ts'
import { note } from '../runs/events.ts'
import type { Tables } from '../schema/schema.ts'

/** Rows of one statement: a JSON parameter of well under a megabyte. */
const rowsPerStatement = 2_000

const newRequestColumns = {
  seq: 'integer',
  key: 'text',
  fingerprint: 'text',
  rowHash: 'text',
  batchN: 'integer',
  line: 'integer',
  fileOffset: 'integer',
  fileLength: 'integer',
  rowOffset: 'integer',
  rowLength: 'integer',
  outcome: 'text',
  reason: 'text',
  deduplicatedInto: 'integer',
  partOf: 'text',
  partIndex: 'integer',
  parts: 'integer',
} as const satisfies Record<string, ColumnType>

/** `BuildStore.commitBuilt`. */
export async function commitBuilt(context: StoreContext, claim: Claim, built: Built): Promise<void> {
  return context.transact(async (trx) => {
    await writeRun(trx, claim, built.run)
    const runId = String(claim.unit.id)
    // A run that somebody has paused or cancelled meanwhile stays so.
    if (built.run.sourceDone === 1)
      await trx
        .updateTable('runs')
        .set({ state: 'running' })
        .where('id', '=', runId)
        .where('state', '=', 'building')
        .execute()
    const folds = new Map<number, number>()
    for (const request of built.requests) {
      if (request.deduplicatedInto !== null && request.batchN !== null)
        folds.set(request.batchN, (folds.get(request.batchN) ?? 0) + 1)
    }
    if (built.batch) await insertBatch(context, trx, runId, built.batch, built.nonce, built.now)
    await insertRequests(context, trx, runId, built.requests, built.tag)
    await keepDone(context, trx, runId, built.kept)
    for (const [n, count] of folds) {
      await trx
        .updateTable('batches')
        .set((eb) => ({ records: eb('records', '+', count) }))
        .where('runId', '=', runId)
        .where('n', '=', n)
        .execute()
    }
    if (built.batch)
      await note(trx, runId, built.now, 'batch.built', {
        batch: built.batch.n,
        requests: built.batch.requests,
        bytes: built.batch.bytes,
      })
  })
}

async function insertRequests(
  { dialect }: StoreContext,
  trx: Transaction<Tables>,
  runId: string,
  requests: readonly NewRequest[],
  tag: string,
): Promise<void> {
  await overRows(trx, dialect, {
    rows: requests,
    columns: newRequestColumns,
    given: [runId, tag],
    text: ([run, fileTag]) =>
      `insert into requests (run_id, seq, key, fingerprint, row_hash, batch_n, line, file_tag, file_offset, file_length,
        row_offset, row_length, outcome, reason, tries, infrastructure_failures, retry_requested, deduplicated_into, deduplicated_records, part_of, part_index, parts, joined)
      select ${run}, seq, key, fingerprint, row_hash, batch_n, line, case when line is null and row_offset is null then null else ${fileTag} end, file_offset,
        file_length, row_offset, row_length, outcome, reason, case when line is null then 0 else 1 end, 0, 0, deduplicated_into, 0, part_of, part_index, parts, 0 from rows`,
  })
}

/** What stays done is known by its new mark. */
async function keepDone(
  { dialect }: StoreContext,
  trx: Transaction<Tables>,
  runId: string,
  kept: Built['kept'],
): Promise<void> {
  for (let at = 0; at < kept.length; at += rowsPerStatement) {
    const rows = jsonRows(dialect, kept.slice(at, at + rowsPerStatement), {
      key: 'text',
      fingerprint: 'text',
    })
    await sql`with kept as materialized (${rows})
      update done set fingerprint = kept.fingerprint from kept
      where done.job = (select job from runs where id = ${runId}) and done.key = kept.key`.execute(trx)
  }
}
