import { sql } from 'kysely'
import type { Outcome } from '../../domain/outcome.ts'
import type { VerdictName } from '../../domain/verdict.ts'
import type { ReviewStore } from '../../ports/store/answers.ts'
import type { StoreContext } from '../database/context.ts'
import { writeMerged } from './merging.ts'
import { troubled } from '../schema/request-tables.ts'

/** The store of verdicts. */
export function reviewStore({ db, dialect, transactUnclaimed }: StoreContext): ReviewStore {
  return {
    async verdicts(runId, seqs) {
      if (seqs.length === 0) return []
      return db
        .selectFrom('verdicts')
        .selectAll()
        .where('runId', '=', runId)
        .where('seq', 'in', [...seqs])
        .execute()
    },
    async verdictCounts(runId) {
      // A record that follows another one's answer may have no attempt of its own.
      const { rows } = await sql<{ verdict: VerdictName; was: Outcome; count: number }>`
        select verdicts.verdict, verdicts.was, count(*) as count from verdicts
          join requests on requests.run_id = verdicts.run_id and requests.seq = verdicts.seq
        where verdicts.run_id = ${runId} and verdicts.verdict is not null and requests.outcome != 'pending'
          and (requests.attempt_id = verdicts.attempt_id or requests.deduplicated_into is not null)
        group by 1, 2`.execute(db)
      return rows
    },
    giveVerdict: ({ job, runId, seq, from, verdict, merged, forget, rejoin }) =>
      transactUnclaimed(async (trx) => {
        const now = await trx
          .selectFrom('requests')
          .select(['outcome', 'key'])
          .where('runId', '=', runId)
          .where('seq', '=', seq)
          .$if(dialect === 'postgres', (query) => query.forUpdate())
          .executeTakeFirst()
        if (now?.outcome !== from) return false
        if (merged) await writeMerged(trx, dialect, merged)
        if (forget) await trx.deleteFrom('done').where('job', '=', job).where('key', '=', now.key).execute()
        if (rejoin !== null)
          await trx
            .updateTable('requests')
            .set({ joined: 0 })
            .where('runId', '=', runId)
            .where('partOf', '=', rejoin)
            .execute()
        await trx.deleteFrom('verdicts').where('runId', '=', runId).where('seq', '=', seq).execute()
        if (verdict) await trx.insertInto('verdicts').values(verdict).execute()
        return true
      }),
    requestsByScore: (runId, outcomes, limit) =>
      db
        .selectFrom('requests')
        .selectAll()
        .where('runId', '=', runId)
        .where(troubled(dialect))
        .where('outcome', 'in', [...outcomes])
        .orderBy(sql`coalesce(score_permille, 1001)`)
        .orderBy('seq')
        .limit(limit)
        .execute(),
    async requestsAt(runId, seqs) {
      if (seqs.length === 0) return []
      return db
        .selectFrom('requests')
        .selectAll()
        .where('runId', '=', runId)
        .where('seq', 'in', [...seqs])
        .execute()
    },
  }
}
