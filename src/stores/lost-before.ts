import { sql } from 'kysely'
import { parseCounts } from '../domain/outcome.ts'
import type { BuildStore, LostRequest } from '../ports/store-building.ts'
import type { StoreContext } from './context.ts'
import { jsonRows } from './json-rows.ts'

/** What earlier runs of a job have sent and may have paid, without an answer at hand. */
export function lostBefore({ db, dialect }: StoreContext): Pick<BuildStore, 'runsWithLost' | 'lostIn'> {
  return {
    async runsWithLost(job, isSimulated) {
      // Only batches that have lost anything are read; their counters are texts.
      const rows = await db
        .selectFrom('batches')
        .innerJoin('runs', 'runs.id', 'batches.runId')
        .select(['batches.runId', 'batches.counts', 'runs.createdAt'])
        .where('runs.job', '=', job)
        .where('runs.simulated', '=', isSimulated ? 1 : 0)
        .where('batches.counts', 'like', '%"lost":%')
        .orderBy('runs.createdAt', 'desc')
        .orderBy('batches.runId')
        .execute()
      const lost = new Map<string, number>()
      for (const { runId, counts } of rows)
        lost.set(runId, (lost.get(runId) ?? 0) + (parseCounts(counts).lost ?? 0))
      return [...lost].filter(([, requests]) => requests > 0).map(([run, requests]) => ({ run, requests }))
    },
    async lostIn(runIds, keys) {
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
      const { rows } = await sql<LostRequest>`
        with wanted as materialized (${wanted}), looked as materialized (${runs})
        select requests.key, requests.fingerprint, requests.run_id as "runId" from looked cross join wanted
          join requests on requests.run_id = looked.id and requests.key = wanted.key
        where requests.outcome = 'lost' and (requests.line is not null or requests.folded_into is not null)
        order by looked.age`.execute(db.withoutPlugins())
      return rows
    },
  }
}
