import { sql, type RawBuilder, type Transaction } from 'kysely'
import { addCounts, type Outcome, type OutcomeCounts, parseCounts } from '../../domain/outcome.ts'
import { leftAlone } from '../../planning/waiting/retry.ts'
import { isWorthKeeping, standingTry, worthKeeping } from '../../planning/answers/standing-try.ts'
import type { AttemptRow, PastTryRow, RequestRow } from '../../ports/state.ts'
import type { ChosenTry } from '../../ports/store/requests.ts'
import type { StoreContext } from '../database/context.ts'
import { jsonRows } from '../database/json-rows.ts'
import { troubled } from '../schema/request-tables.ts'
import { infrastructureFailures, wasChosen } from './retrying.ts'
import type { Tables } from '../schema/schema.ts'

/** Rows of one statement: a JSON parameter of well under a megabyte. */
const rowsPerStatement = 2_000

/** What a try has of its own, in requests and in past tries. */
const ofTry = [
  'batch_n',
  'attempt_id',
  'line',
  'outcome',
  'reason',
  'answer_file',
  'answer_offset',
  'answer_length',
  'input_tokens',
  'output_tokens',
  'cost_pico_usd',
  'score_permille',
  'file_tag',
  'file_offset',
  'file_length',
  'row_offset',
  'row_length',
] as const
/** Those of them that say where the request lies. */
const ofPlace: readonly string[] = [
  'batch_n',
  'line',
  'file_tag',
  'file_offset',
  'file_length',
  'row_offset',
  'row_length',
]

type Seqs = readonly { readonly seq: number }[]
type Trx = Transaction<Tables>

/** A copy of the tries whose outcomes stand for these requests, kept before others take their place. */
export async function rememberTries(
  { dialect }: Pick<StoreContext, 'dialect'>,
  trx: Trx,
  runId: string,
  requests: Seqs,
): Promise<void> {
  const columns = sql.raw(ofTry.join(', '))
  const own = sql.raw(ofTry.map((name) => `requests.${name}`).join(', '))
  await inPieces(requests, async (some) => {
    await sql`with wanted as materialized (${jsonRows(dialect, some, { seq: 'integer' })})
      insert into past_tries (run_id, seq, n, ${columns})
      select requests.run_id, requests.seq, coalesce(requests.standing_try, sent.tries), ${own}
      from wanted join requests on requests.run_id = ${runId} and requests.seq = wanted.seq
        join requests as sent on sent.run_id = requests.run_id and sent.seq = coalesce(requests.deduplicated_into, requests.seq)
      where sent.tries > 0
      on conflict (run_id, seq, n) do nothing`.execute(trx)
  })
}

/** End of the try that stood before. */
export type Leaves =
  /** It has ended, and is remembered. */
  | 'ended'
  /** It was never sent, and the request is to stay as it was before. */
  | 'unsent'
  /** It was never sent, and the request is to be sent as it was to be. */
  | 'queued'

/**
 * The change that lets past tries stand for their requests again, which return to the files where they were asked, in
 * the counters too.
 */
export async function letStand(
  context: Pick<StoreContext, 'dialect'>,
  trx: Trx,
  runId: string,
  chosen: readonly ChosenTry[],
  leaves: Leaves,
): Promise<void> {
  const { dialect } = context
  const isUnsent = leaves !== 'ended'
  await inPieces(chosen, async (some) => {
    const relation = (rows: readonly ChosenTry[]): RawBuilder<unknown> =>
      sql`with wanted as materialized (${jsonRows(
        dialect,
        rows.map(({ seq, n }) => ({ seq, n })),
        { seq: 'integer', n: 'integer' },
      )})`
    const joined = sql`from wanted
      join past_tries on past_tries.run_id = ${runId} and past_tries.seq = wanted.seq and past_tries.n = wanted.n`
    // Tries of an earlier version have not kept their place; a record that follows another has none.
    const isPlaced = sql`(requests.deduplicated_into is not null or past_tries.file_tag is not null)`
    // What is asked again meanwhile waits for its own answer.
    const { rows: moves } = await sql<Move>`${relation(some)}
      select wanted.seq, wanted.n, requests.batch_n as "from", requests.outcome as was, past_tries.outcome as becomes,
        case when ${isPlaced} then past_tries.batch_n else requests.batch_n end as "to" ${joined}
        join requests on requests.run_id = ${runId} and requests.seq = wanted.seq
        where ${isUnsent ? sql`requests.outcome = 'pending'` : sql`requests.outcome <> 'pending'`}`.execute(
      trx,
    )
    if (moves.length === 0) return
    const wanted = relation(moves)
    if (!isUnsent) await rememberTries(context, trx, runId, moves)
    const set = ofTry.map((name) =>
      ofPlace.includes(name)
        ? sql`${sql.raw(name)} = case when ${isPlaced} then ${sql.raw(`past_tries.${name}`)} else ${sql.raw(`requests.${name}`)} end`
        : sql`${sql.raw(name)} = ${sql.raw(`past_tries.${name}`)}`,
    )
    const isInfrastructureFailure = (of: string): RawBuilder<unknown> =>
      sql`case when ${sql.raw(of)}.outcome in (${sql.join(infrastructureFailures)}) then 1 else 0 end`
    await sql`${wanted}
      update requests set ${sql.join(set)},
        standing_try = case when requests.deduplicated_into is null and past_tries.n = requests.tries - ${sql.lit(isUnsent ? 1 : 0)} then null else past_tries.n end,
        infrastructure_failures = requests.infrastructure_failures + ${isUnsent ? sql`0` : isInfrastructureFailure('requests')} - ${isInfrastructureFailure('past_tries')},
        tries = requests.tries - case when requests.deduplicated_into is null then ${sql.lit(isUnsent ? 1 : 0)} else 0 end,
        ${again(leaves, runId)}
      ${joined} where requests.run_id = ${runId} and requests.seq = wanted.seq`.execute(trx)
    await sql`${wanted} delete from past_tries
      where run_id = ${runId} and (seq, n) in (select seq, n from wanted)`.execute(trx)
    await moveCounts(context, trx, runId, moves)
  })
}

/** A run that has ended, or was told to drop something, sends none of it by itself. */
function again(leaves: Leaves, runId: string): RawBuilder<unknown> {
  if (leaves !== 'queued') return sql`retry_requested = ${sql.lit(leftAlone)}, retry_delivery_mode = null`
  const chosen = sql`requests.retry_requested = ${sql.lit(wasChosen)} and requests.deduplicated_into is null`
  return sql`retry_requested = case when ${chosen} then 1 else requests.retry_requested end,
    retry_delivery_mode = case when ${chosen} then (select nullif(batches.delivery_mode, 'batch') from batches
      where batches.run_id = ${runId} and batches.n = requests.batch_n) end`
}

interface Move extends ChosenTry {
  readonly from: number | null
  readonly to: number | null
  readonly was: Outcome
  readonly becomes: Outcome
}

async function moveCounts(
  { dialect }: Pick<StoreContext, 'dialect'>,
  trx: Trx,
  runId: string,
  moves: readonly Move[],
): Promise<void> {
  const changes = new Map<number, { records: number; counts: OutcomeCounts }>()
  const add = (n: number | null, records: number, outcome: Outcome): void => {
    if (n === null) return
    const before = changes.get(n) ?? { records: 0, counts: {} }
    const counts = outcome === 'pending' ? before.counts : addCounts(before.counts, { [outcome]: records })
    changes.set(n, { records: before.records + records, counts })
  }
  for (const { from, to, was, becomes } of moves) {
    add(from, -1, was)
    add(to, 1, becomes)
  }
  // In one order, so that two of these do not wait for each other.
  for (const [n, { records, counts }] of [...changes].toSorted(([one], [other]) => one - other)) {
    const batch = await trx
      .selectFrom('batches')
      .select(['counts', 'records'])
      .where('runId', '=', runId)
      .where('n', '=', n)
      .$if(dialect === 'postgres', (query) => query.forUpdate())
      .executeTakeFirstOrThrow()
    await trx
      .updateTable('batches')
      .set({
        records: batch.records + records,
        counts: JSON.stringify(addCounts(parseCounts(batch.counts), counts)),
      })
      .where('runId', '=', runId)
      .where('n', '=', n)
      .execute()
  }
}

/**
 * The end of a try of a batch's requests that was never sent: what was worth keeping of the tries before stands again;
 * with `queued`, all that is remembered does.
 */
export async function takeBackTries(
  context: Pick<StoreContext, 'dialect'>,
  trx: Trx,
  runId: string,
  batchN: number,
  leaves: 'unsent' | 'queued',
): Promise<number> {
  const rows = await trx
    .selectFrom('requests')
    .innerJoin('pastTries', (join) =>
      join.onRef('pastTries.runId', '=', 'requests.runId').onRef('pastTries.seq', '=', 'requests.seq'),
    )
    .select(['requests.seq', 'pastTries.n', 'pastTries.outcome'])
    .where('requests.runId', '=', runId)
    .where('requests.batchN', '=', batchN)
    .where('requests.outcome', '=', 'pending')
    .orderBy('requests.seq')
    .orderBy('pastTries.n')
    .execute()
  const chosen: ChosenTry[] = []
  for (const [seq, tries] of Map.groupBy(rows, (row) => row.seq)) {
    const best = standingTry(tries)
    if (best && (leaves === 'queued' || isWorthKeeping(best.outcome))) chosen.push({ seq, n: best.n })
  }
  await letStand(context, trx, runId, chosen, leaves)
  return chosen.length
}

const requestsAtOnce = 1_000

/**
 * The choice, for a page of a run's requests, of the try that stands, once none follows. Returns where the next page
 * begins.
 */
export async function settleTries(
  context: Pick<StoreContext, 'dialect'>,
  trx: Trx,
  runId: string,
  afterSeq: number,
): Promise<number | null> {
  const last = trx
    .selectFrom('requests')
    .select('requests.seq')
    .where('requests.runId', '=', runId)
    .where('requests.seq', '>', afterSeq)
    .where(troubled(context.dialect))
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom('pastTries')
          .select('pastTries.n')
          .whereRef('pastTries.runId', '=', 'requests.runId')
          .whereRef('pastTries.seq', '=', 'requests.seq')
          .where('pastTries.outcome', 'in', [...worthKeeping]),
      ),
    )
    .orderBy('requests.seq')
    .limit(requestsAtOnce)
  const seqs = (await last.execute()).map(({ seq }) => seq)
  if (seqs.length === 0) return null
  const standing = await trx
    .selectFrom('requests')
    .select(['seq', 'outcome'])
    .where('runId', '=', runId)
    .where('seq', 'in', seqs)
    .execute()
  const past = Map.groupBy(await pastOf(trx, runId, seqs), ({ seq }) => seq)
  const chosen = standing.flatMap(({ seq, outcome }) => {
    const best = standingTry([...(past.get(seq) ?? []), { seq, n: null, outcome }])
    return best === null || best.n === null ? [] : [{ seq, n: best.n }]
  })
  await letStand(context, trx, runId, chosen, 'ended')
  return seqs.length < requestsAtOnce ? null : (seqs.at(-1) ?? null)
}

/** The lines of an attempt's file that it has answered, of requests for which another try stands by now. */
export async function answeredLines(
  db: Pick<Trx, 'selectFrom'>,
  { runId, batchN, id }: Pick<AttemptRow, 'runId' | 'batchN' | 'id'>,
): Promise<ReadonlySet<number>> {
  const rows = await db
    .selectFrom('pastTries')
    .select('line')
    .where('runId', '=', runId)
    .where('batchN', '=', batchN)
    .where('attemptId', '=', id)
    .where('answerFile', 'is not', null)
    .execute()
  return new Set(rows.flatMap(({ line }) => (line === null ? [] : [line])))
}

/** The past tries of requests, oldest first. */
export function pastOf(
  db: Pick<Trx, 'selectFrom'>,
  runId: string,
  seqs: readonly RequestRow['seq'][],
): Promise<readonly PastTryRow[]> {
  return seqs.length === 0
    ? Promise.resolve([])
    : db
        .selectFrom('pastTries')
        .selectAll()
        .where('runId', '=', runId)
        .where('seq', 'in', [...seqs])
        .orderBy('seq')
        .orderBy('n')
        .execute()
}

async function inPieces<Row>(
  rows: readonly Row[],
  work: (some: readonly Row[]) => Promise<void>,
): Promise<void> {
  for (let at = 0; at < rows.length; at += rowsPerStatement) await work(rows.slice(at, at + rowsPerStatement))
}
