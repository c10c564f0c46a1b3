import { sql } from 'kysely'
import type { Outcome } from '../../domain/outcome.ts'
import type { DoneRecord, DoneStore, KnownRecordState } from '../../ports/store/answers.ts'
import type { StoreContext } from '../database/context.ts'
import { jsonRows } from '../database/json-rows.ts'

/** So many runs are looked through for what was asked and not accepted. */
const newestRuns = 20

/** Which records of a job are done, whichever run asked. */
export function doneStore(context: StoreContext): DoneStore {
  const { db, dialect, transactUnclaimed } = context
  return {
    recordStates: (job, keys) => recordStates(context, job, keys),
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
    async doneIn(job, key) {
      const row = await db
        .selectFrom('done')
        .select(['runId', 'at'])
        .where('job', '=', job)
        .where('key', '=', key)
        .executeTakeFirst()
      return row ?? null
    },
    markDone: (job, key, fingerprint, now) =>
      transactUnclaimed(async (trx) => {
        const done = { fingerprint, runId: '', seq: null, partOf: null, at: now }
        await trx
          .insertInto('done')
          .values({ job, key, ...done })
          .onConflict((conflict) => conflict.columns(['job', 'key']).doUpdateSet(done))
          .execute()
      }),
    remarkDone: (job, runId, mark) =>
      transactUnclaimed(async (trx) => {
        await trx
          .updateTable('done')
          .set({ fingerprint: sql<string>`${mark} || substr(fingerprint, ${sql.lit(mark.length + 1)})` })
          .where('job', '=', job)
          .where('runId', '=', runId)
          .where('fingerprint', 'like', 'm%')
          .execute()
      }),
  }
}

/** `DoneStore.recordStates`. */
async function recordStates(
  { db, dialect }: StoreContext,
  job: string,
  keys: readonly string[],
): Promise<ReadonlyMap<string, KnownRecordState>> {
  const wanted = jsonRows(
    dialect,
    keys.map((key) => ({ key })),
    { key: 'text' },
  )
  const done = await sql<{ key: string; fingerprint: string; outcome: Outcome | null }>`
        with wanted as materialized (${wanted})
        select done.key, done.fingerprint, requests.outcome from wanted
          join done on done.job = ${job} and done.key = wanted.key
          left join requests on requests.run_id = done.run_id and requests.seq = done.seq`.execute(db)
  const runs = await db
    .selectFrom('runs')
    .select('id')
    .where('job', '=', job)
    .orderBy('createdAt', 'desc')
    .orderBy('id')
    .limit(newestRuns)
    .execute()
  const newest = jsonRows(
    dialect,
    runs.map(({ id }, age) => ({ id, age })),
    { id: 'text', age: 'integer' },
  )
  const asked = await sql<{ key: string; outcome: Outcome; age: number }>`
        with wanted as materialized (${wanted}), newest as materialized (${newest})
        select wanted.key, requests.outcome, newest.age from newest cross join wanted
          join requests on requests.run_id = newest.id and requests.key = wanted.key`.execute(db)
  const known = new Map<string, KnownRecordState>()
  for (const { key, fingerprint, outcome } of done.rows)
    known.set(key, { done: { fingerprint, outcome }, asked: null })
  for (const { key, outcome } of asked.rows.toSorted((one, other) => other.age - one.age))
    known.set(key, { done: known.get(key)?.done ?? null, asked: outcome })
  return known
}
