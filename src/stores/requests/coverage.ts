import { sql } from 'kysely'
import type { Outcome } from '../../domain/outcome.ts'
import type { CoverageStore, KnownRecordState } from '../../ports/store/coverage.ts'
import type { StoreContext } from '../database/context.ts'
import { jsonRows } from '../database/json-rows.ts'

/** So many runs are looked through for what was asked and not accepted. */
const newestRuns = 20

/** What became of records, whichever run asked. */
export function coverageStore({ db, dialect }: StoreContext): CoverageStore {
  return {
    async fates(job, keys) {
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
      const fates = new Map<string, KnownRecordState>()
      for (const { key, fingerprint, outcome } of done.rows)
        fates.set(key, { done: { fingerprint, outcome }, asked: null })
      for (const { key, outcome } of asked.rows.toSorted((one, other) => other.age - one.age))
        fates.set(key, { done: fates.get(key)?.done ?? null, asked: outcome })
      return fates
    },
  }
}
