import { sql } from 'kysely'
import type { TryStore } from '../../ports/store/requests.ts'
import type { StoreContext } from '../database/context.ts'
import { writeRun } from '../database/fence.ts'
import { jsonRows } from '../database/json-rows.ts'
import { dropRetries } from './dropping-retries.ts'
import { answeredLines, letStand, pastOf, settleTries } from './tries.ts'
import { takeBackRetry } from '../attempts/voiding.ts'

/** The tries of requests, and which of them stand. */
export function tryStore(context: StoreContext): TryStore {
  const { db, dialect, transact, transactUnclaimed } = context
  return {
    pastTries: (runId, seq) => pastOf(db, runId, [seq]),
    pastTriesOf: async (runId, seqs) => Map.groupBy(await pastOf(db, runId, seqs), ({ seq }) => seq),
    answeredLines: (attempt) => answeredLines(db, attempt),
    async pastCosts(runId, seqs) {
      const wanted = jsonRows(
        dialect,
        seqs.map((seq) => ({ seq })),
        { seq: 'integer' },
      )
      const { rows } = await sql<{ seq: number; cost: number }>`with wanted as materialized (${wanted})
        select past_tries.seq, cast(sum(cost_pico_usd) as bigint) as cost from wanted
          join past_tries on past_tries.run_id = ${runId} and past_tries.seq = wanted.seq
        where cost_pico_usd is not null group by past_tries.seq`.execute(db)
      return new Map(rows.map(({ seq, cost }) => [seq, cost]))
    },
    letTriesStand: (runId, chosen) =>
      transactUnclaimed((trx) => letStand(context, trx, runId, chosen, 'ended')),
    async settleTries(claim) {
      for (let after: number | null = -1; after !== null;) {
        const from: number = after
        after = await transact(async (trx) => {
          await writeRun(trx, claim, {})
          return settleTries(context, trx, String(claim.unit.id), from)
        })
      }
    },
    dropRetries: (claim, rule) =>
      transact(async (trx) => {
        await writeRun(trx, claim, {})
        return dropRetries(context, trx, String(claim.unit.id), rule)
      }),
    takeBackRetry: (claim, now) => takeBackRetry(context, claim, now),
  }
}
