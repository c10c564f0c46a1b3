import { type RawBuilder, sql, type Transaction } from 'kysely'
import { addSums, parseSums, type Sums } from '../../domain/sums.ts'
import type { Outcome } from '../../domain/outcome.ts'
import { leftAlone } from '../../planning/waiting/retry.ts'
import type { BatchRow } from '../../ports/state.ts'
import type { BatchRequest, BatchSums, Merged, MergedRequest, MergeStore } from '../../ports/store/answers.ts'
import { writeAttempt } from '../database/fence.ts'
import { type ColumnType, type Dialect, jsonRows } from '../database/json-rows.ts'
import { overRows } from '../database/over-rows.ts'
import type { StoreContext } from '../database/context.ts'
import type { Tables } from '../schema/schema.ts'

const mergedColumns = {
  seq: 'integer',
  outcome: 'text',
  reason: 'text',
  answerFile: 'text',
  answerOffset: 'integer',
  answerLength: 'integer',
  inputTokens: 'integer',
  outputTokens: 'integer',
  costPicoUsd: 'integer',
  scorePermille: 'integer',
} as const satisfies Record<string, ColumnType>

/** Renaming the columns of so many rows one by one would cost more than reading them. */
const batchRequest = sql.raw(`requests.seq, requests.key, requests.row_hash as "rowHash", requests.line,
  requests.file_tag as "fileTag", requests.file_offset as "fileOffset", requests.file_length as "fileLength",
  requests.row_offset as "rowOffset", requests.row_length as "rowLength",
  requests.outcome, requests.attempt_id as "attemptId", requests.deduplicated_into as "deduplicatedInto",
  requests.part_of as "partOf", requests.part_index as "partIndex", requests.parts`)

/** The store of outcomes and merges. */
export function mergeStore({ db, dialect, transact }: StoreContext): MergeStore {
  return {
    async batchRequests(runId, n, { afterSeq, limit }) {
      const { rows } = await sql<BatchRequest>`select ${batchRequest} from requests
        where requests.run_id = ${runId} and requests.batch_n = ${n} and requests.seq > ${afterSeq}
        order by requests.seq limit ${limit}`.execute(db.withoutPlugins())
      return rows
    },
    async waitingFolds(runId, seqs) {
      const { rows } = await sql<BatchRequest>`with wanted as materialized (${seqRows(dialect, seqs)})
        select ${batchRequest} from wanted
          join requests on requests.run_id = ${runId} and requests.deduplicated_into = wanted.seq
        where requests.outcome = 'pending'`.execute(db.withoutPlugins())
      return rows
    },
    unansweredFolds: (runId, limit) =>
      db
        .selectFrom('requests as fold')
        .innerJoin('requests as first', (join) =>
          join.onRef('first.runId', '=', 'fold.runId').onRef('first.seq', '=', 'fold.deduplicatedInto'),
        )
        .selectAll('fold')
        .where('fold.runId', '=', runId)
        .where('fold.deduplicatedInto', 'is not', null)
        .where('fold.outcome', '=', 'pending')
        .where('first.outcome', '!=', 'pending')
        .orderBy('fold.seq')
        .limit(limit)
        .execute(),
    commitMerged: (merged) =>
      transact(async (trx) => {
        const attemptId = merged.claim?.unit.kind === 'attempt' ? merged.claim.unit.id : null
        if (merged.claim) {
          const before = await writeAttempt(
            trx,
            merged.claim,
            merged.mergedBytes === null ? {} : { mergedBytes: merged.mergedBytes },
          )
          if (await isRepeated(trx, merged, before.mergedBytes))
            return sumsOf(await batchOf(trx, dialect, merged))
        }
        return writeMerged(trx, dialect, merged, attemptId)
      }),
  }
}

/** In the order in which the state keeps them, so that neighbours are found together. */
function seqRows(dialect: Dialect, seqs: readonly number[]): RawBuilder<unknown> {
  const sorted = seqs.toSorted((one, other) => one - other)
  return jsonRows(
    dialect,
    sorted.map((seq) => ({ seq })),
    { seq: 'integer' },
  )
}

/** The counters of a batch after the outcomes of its requests were written. */
export async function writeMerged(
  trx: Transaction<Tables>,
  dialect: Dialect,
  merged: Merged,
  attemptId: number | null = null,
): Promise<BatchSums> {
  const { final = [], untried = [] } = merged
  if (merged.requests.length > 0) {
    await overRows(trx, dialect, {
      rows: merged.requests,
      columns: mergedColumns,
      given: [merged.runId, attemptId],
      text: ([runId, attempt]) => `update requests set outcome = rows.outcome, reason = rows.reason,
          answer_file = rows.answer_file, answer_offset = rows.answer_offset, answer_length = rows.answer_length,
          input_tokens = rows.input_tokens, output_tokens = rows.output_tokens, cost_pico_usd = rows.cost_pico_usd,
          score_permille = rows.score_permille, attempt_id = coalesce(cast(${attempt} as bigint), attempt_id)
        from rows where requests.run_id = ${runId} and requests.seq = rows.seq`,
    })
    await markFinal(trx, merged.runId, final)
    await takeTriesBack(trx, merged.runId, untried)
    await markDone(trx, dialect, merged)
  }
  const batch = await batchOf(trx, dialect, merged)
  const before = sumsOf(batch)
  const now: BatchSums = {
    usage: addSums(
      before.usage,
      final.length > 0 ? { ...merged.usage, leftAlone: final.length } : merged.usage,
    ),
    accounting: addSums(before.accounting, merged.accounting),
  }
  await trx
    .updateTable('batches')
    .set({
      counts: addToColumn(batch.counts, merged.counts),
      usage: JSON.stringify(now.usage),
      accounting: JSON.stringify(now.accounting),
    })
    .where('runId', '=', merged.runId)
    .where('n', '=', merged.batchN)
    .execute()
  return now
}

function batchOf(
  trx: Transaction<Tables>,
  dialect: Dialect,
  { runId, batchN }: Pick<Merged, 'runId' | 'batchN'>,
): Promise<Pick<BatchRow, 'counts' | 'usage' | 'accounting'>> {
  return trx
    .selectFrom('batches')
    .select(['counts', 'usage', 'accounting'])
    .where('runId', '=', runId)
    .where('n', '=', batchN)
    .$if(dialect === 'postgres', (query) => query.forUpdate())
    .executeTakeFirstOrThrow()
}

function sumsOf({ usage, accounting }: Pick<BatchRow, 'usage' | 'accounting'>): BatchSums {
  return { usage: parseSums(usage), accounting: parseSums(accounting) }
}

/** Whether this very chunk is durable already: its counters must not be added twice. All of a chunk is, or nothing. */
async function isRepeated(trx: Transaction<Tables>, merged: Merged, mergedBytes: number): Promise<boolean> {
  const first = merged.requests[0]
  if (!first) return merged.mergedBytes !== null && mergedBytes >= merged.mergedBytes
  const row = await trx
    .selectFrom('requests')
    .select('outcome')
    .where('runId', '=', merged.runId)
    .where('seq', '=', first.seq)
    .executeTakeFirst()
  return row !== undefined && row.outcome !== 'pending'
}

/** Few are, if any: the others are written without a column for it. */
async function markFinal(trx: Transaction<Tables>, runId: string, final: readonly number[]): Promise<void> {
  for (let from = 0; from < final.length; from += finalPerStatement)
    await trx
      .updateTable('requests')
      .set({ retryRequested: leftAlone })
      .where('runId', '=', runId)
      .where('seq', 'in', final.slice(from, from + finalPerStatement))
      .execute()
}

const finalPerStatement = 500

/**
 * A try that counts for nothing leaves the numbers as they were before it: one that is sent again is counted as one
 * that ended without blame, which is taken off in advance.
 */
async function takeTriesBack(
  trx: Transaction<Tables>,
  runId: string,
  untried: readonly number[],
): Promise<void> {
  for (let from = 0; from < untried.length; from += finalPerStatement)
    await trx
      .updateTable('requests')
      .set((eb) => ({
        tries: eb('tries', '-', 1),
        infrastructureFailures: eb('infrastructureFailures', '-', 1),
      }))
      .where('runId', '=', runId)
      .where('seq', 'in', untried.slice(from, from + finalPerStatement))
      .execute()
}

/**
 * What is not asked for again: good answers, also those that wait for other parts of their record or for a person, and
 * those that a person has turned down.
 */
const answered: ReadonlySet<Outcome> = new Set(['merged', 'held', 'review', 'declined'])

const donePerStatement = 5_000

async function markDone(trx: Transaction<Tables>, dialect: Dialect, merged: Merged): Promise<void> {
  for (let from = 0; from < merged.requests.length; from += donePerStatement) {
    const accepted = merged.requests
      .slice(from, from + donePerStatement)
      .filter(({ outcome }) => answered.has(outcome))
    if (accepted.length > 0) await insertDone(trx, dialect, merged, accepted)
  }
}

async function insertDone(
  trx: Transaction<Tables>,
  dialect: Dialect,
  merged: Merged,
  accepted: readonly MergedRequest[],
): Promise<void> {
  await sql`with accepted as materialized (${jsonRows(dialect, accepted, { seq: 'integer' })})
    insert into done (job, key, fingerprint, run_id, seq, part_of, at)
    select ${merged.job}, requests.key, requests.fingerprint, requests.run_id, requests.seq, requests.part_of, cast(${merged.now} as bigint)
    from accepted join requests on requests.run_id = ${merged.runId} and requests.seq = accepted.seq where true
    order by requests.key
    on conflict (job, key) do update set fingerprint = excluded.fingerprint, run_id = excluded.run_id,
      seq = excluded.seq, part_of = excluded.part_of, at = excluded.at`.execute(trx)
}

/** The text of a JSON column of sums with others added to it. */
export function addToColumn(column: string, more: Sums): string {
  return JSON.stringify(addSums(parseSums(column), more))
}
