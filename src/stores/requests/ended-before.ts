import { sql } from 'kysely'
import { type Outcome, parseCounts } from '../../domain/outcome.ts'
import type { BuildStore, EndedRequest } from '../../ports/store/requests.ts'
import type { StoreContext } from '../database/context.ts'
import { jsonRows } from '../database/json-rows.ts'

/** How requests of earlier runs of a job have ended. */
export function endedBefore({ db, dialect }: StoreContext): Pick<BuildStore, 'runsThatEnded' | 'endedIn'> {
  return {
    async runsThatEnded(job, outcomes, isSimulated) {
      // Only batches that have any such request are read; their counters are texts.
      const rows = await db
        .selectFrom('batches')
        .innerJoin('runs', 'runs.id', 'batches.runId')
        .select(['batches.runId', 'batches.counts', 'runs.createdAt'])
        .where('runs.job', '=', job)
        .where('runs.simulated', '=', isSimulated ? 1 : 0)
        .where((eb) => eb.or(outcomes.map((outcome) => eb('batches.counts', 'like', `%"${outcome}":%`))))
        .orderBy('runs.createdAt', 'desc')
        .orderBy('batches.runId')
        .execute()
      const ended = new Map<string, number>()
      for (const { runId, counts } of rows) {
        const parsed = parseCounts(counts)
        const here = outcomes.reduce((sum, outcome) => sum + (parsed[outcome] ?? 0), 0)
        ended.set(runId, (ended.get(runId) ?? 0) + here)
      }
      return [...ended].filter(([, requests]) => requests > 0).map(([run, requests]) => ({ run, requests }))
    },
    async endedIn(runIds, keys, outcomes) {
      if (runIds.length === 0 || keys.length === 0) return []
      const wanted = jsonRows(
        dialect,
        keys.map((key) => ({ key })),
        { key: 'text' },
      )
      const runs = jsonRows(
        dialect,
        runIds.map((id, age) => ({ id, age })),
        { id: 'text', age: 'integer' },
      )
      const { rows } = await sql<EndedRequest>`
        with wanted as materialized (${wanted}), looked as materialized (${runs})
        select requests.key, requests.fingerprint, requests.run_id as "runId", requests.outcome from looked cross join wanted
          join requests on requests.run_id = looked.id and requests.key = wanted.key
        where requests.outcome in (${sql.join<Outcome>([...outcomes])}) and (requests.line is not null or requests.deduplicated_into is not null)
        order by looked.age`.execute(db.withoutPlugins())
      return rows
    },
  }
}
