import { sql, type Transaction } from 'kysely'
import { noWait, type Wait } from '../../domain/wait.ts'
import { leftAlone } from '../../planning/waiting/retry.ts'
import type { NewBatchRow, NewRequest, BuildStore, Built, DoneRecord } from '../../ports/store/building.ts'
import { note } from '../runs/events.ts'
import { writeRun } from '../database/fence.ts'
import { type ColumnType, jsonRows } from '../database/json-rows.ts'
import { leaveBatches, overSeqs } from './leaving-batches.ts'
import { overRows } from '../database/over-rows.ts'
import type { StoreContext } from '../database/context.ts'
import { endedBefore } from './ended-before.ts'
import { recall } from './recalling.ts'
import { troubled } from '../schema/request-tables.ts'
import { infrastructureFailures, countedTries, retryOf, wasChosen } from './retrying.ts'
import type { Tables } from '../schema/schema.ts'
import { rememberTries } from './tries.ts'

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
  foldedInto: 'integer',
  partOf: 'text',
  partIndex: 'integer',
  parts: 'integer',
} as const satisfies Record<string, ColumnType>

const movedColumns = {
  seq: 'integer',
  line: 'integer',
  fileOffset: 'integer',
  fileLength: 'integer',
  rowOffset: 'integer',
  rowLength: 'integer',
} as const satisfies Record<string, ColumnType>

/** Turning rows into files of requests. */
export function buildStore(context: StoreContext): BuildStore {
  const { db, dialect, transact } = context
  return {
    ...endedBefore(context),
    recall: (runId, job, records) => recall(db, dialect, runId, job, records),
    async doneBefore(job, keys, isSimulated) {
      const rows = await sql<{ key: string } & DoneRecord>`
        with wanted as materialized (${jsonRows(
          dialect,
          keys.map((key) => ({ key })),
          { key: 'text' },
        )})
        select done.key, done.fingerprint, done.run_id from wanted join done on done.job = ${job} and done.key = wanted.key
          left join runs on runs.id = done.run_id
        where done.run_id = '' or coalesce(runs.simulated, 0) = ${isSimulated ? 1 : 0}`.execute(db)
      return new Map(rows.rows.map(({ key, fingerprint, runId }) => [key, { fingerprint, runId }]))
    },
    async forgetParts(runId, ends) {
      const rows = ends.map(({ of, count }) => ({ of, parts: count }))
      await sql`with given as materialized (${jsonRows(dialect, rows, { of: 'text', parts: 'integer' })}),
        run as materialized (select job, simulated from runs where id = ${runId}),
        old as materialized (select done.key as key from given
          join done on done.job = (select job from run) and done.part_of = given.of
          join requests on requests.run_id = done.run_id and requests.seq = done.seq
          join runs on runs.id = done.run_id and runs.simulated = (select simulated from run)
          where requests.part_index >= given.parts)
        delete from done where job = (select job from run) and key in (select key from old)`.execute(db)
    },
    commitBuilt: (claim, built) =>
      transact(async (trx) => {
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
          if (request.foldedInto !== null && request.batchN !== null)
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
      }),
    commitRetry: (claim, retry) =>
      transact(async (trx) => {
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
          const rows = jsonRows(dialect, retry.requests.slice(at, at + rowsPerStatement), movedColumns)
          await sql`with moved as materialized (${rows})
            update requests set batch_n = ${retry.batch.n}, line = moved.line, file_tag = ${retry.batch.tag},
              file_offset = moved.file_offset, file_length = moved.file_length, row_offset = moved.row_offset, row_length = moved.row_length,
              blameless = blameless + case when outcome in (${sql.join(infrastructureFailures)}) then 1 else 0 end,
              tries = tries + 1, again = case when again = 0 then 0 else ${sql.lit(wasChosen)} end, again_lane = null, ${unanswered}
            from moved where requests.run_id = ${runId} and requests.seq = moved.seq`.execute(trx)
        }
        await overSeqs(dialect, moved.folds, (folds) =>
          sql`with moved as materialized (${folds})
            update requests set batch_n = ${retry.batch.n}, again = 0, ${unanswered}
            from moved where requests.run_id = ${runId} and requests.seq = moved.seq`.execute(trx),
        )
        await note(trx, runId, retry.now, 'batch.built', {
          batch: retry.batch.n,
          requests: retry.batch.requests,
          round: retry.round,
        })
      }),
    requestsToRetry: (runId, { maxTries, limit, chosen, ruled, onlyChosen }) =>
      db
        .selectFrom('requests')
        .selectAll()
        .where('runId', '=', runId)
        // Also what was chosen: an answer that was judged anew meanwhile, and written, is not asked for again.
        .where(troubled(dialect))
        .where('line', 'is not', null)
        .where((eb) =>
          eb.or([
            ...(chosen === undefined
              ? []
              : [eb.and([eb('again', '=', 1), eb('againLane', chosen === null ? 'is' : '=', chosen)])]),
            ...(ruled === undefined
              ? []
              : [
                  eb.and([
                    onlyChosen ? eb('again', '=', wasChosen) : eb('again', 'not in', [1, leftAlone]),
                    eb('outcome', 'in', [...retryOf[ruled]]),
                    eb(countedTries('requests'), '<', maxTries),
                  ]),
                ]),
          ]),
        )
        .orderBy('seq')
        .limit(limit)
        .execute(),
    async countWaitingFiles(runId) {
      const row = await db
        .selectFrom('attempts')
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .where('runId', '=', runId)
        .where('state', 'in', ['waiting', 'reserved', 'uploading'])
        .executeTakeFirstOrThrow()
      return row.count
    },
  }
}

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
      fileId: null,
      triedAt: null,
      lookups: 0,
      fencedAt: null,
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
      outputFileId: null,
      errorFileId: null,
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
        row_offset, row_length, outcome, reason, tries, blameless, again, folded_into, folds, part_of, part_index, parts, joined)
      select ${run}, seq, key, fingerprint, row_hash, batch_n, line, case when line is null and row_offset is null then null else ${fileTag} end, file_offset,
        file_length, row_offset, row_length, outcome, reason, case when line is null then 0 else 1 end, 0, 0, folded_into, 0, part_of, part_index, parts, 0 from rows`,
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

/** What a request has of a try that has not ended. */
const unanswered =
  sql.raw(`outcome = 'pending', reason = null, standing_try = null, attempt_id = null, answer_file = null,
  answer_offset = null, answer_length = null, input_tokens = null, output_tokens = null, cost_pico_usd = null,
  score_permille = null`)
