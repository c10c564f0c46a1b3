import { type Kysely, sql } from 'kysely'
import type { Outcome } from '../domain/outcome.ts'
import type { RequestGroup } from '../ports/store-requests.ts'
import { troubled } from './request-tables.ts'
import type { Tables } from './schema.ts'

const valuesPerStatement = 500

/** What is neither merged nor pending, by fate and reason. Takes the longer the more went wrong. */
export async function requestGroups(db: Kysely<Tables>, runId: string): Promise<readonly RequestGroup[]> {
  const { rows } = await sql<{
    outcome: Outcome
    reason: string | null
    count: number
    one: number
    two: number | null
    three: number | null
  }>`
    select outcome, reason, count(*) as count, min(seq) as one,
      min(case when place = 2 then seq end) as two, min(case when place = 3 then seq end) as three
    from (
      select outcome, reason, seq, row_number() over (partition by outcome, reason order by seq) as place
      from requests where run_id = ${runId} and ${troubled}
    ) as placed
    group by outcome, reason`.execute(db)
  const firsts = rows.map(({ one, two, three }) => [one, two, three].filter((seq) => seq !== null))
  const keys = await keysOf(db, runId, firsts.flat())
  return rows.map(({ outcome, reason, count }, at) => ({
    outcome,
    reason,
    count,
    examples: (firsts[at] ?? []).map((seq) => keys.get(seq) ?? ''),
  }))
}

async function keysOf(
  db: Kysely<Tables>,
  runId: string,
  seqs: readonly number[],
): Promise<ReadonlyMap<number, string>> {
  const keys = new Map<number, string>()
  for (let at = 0; at < seqs.length; at += valuesPerStatement) {
    const found = await db
      .selectFrom('requests')
      .select(['seq', 'key'])
      .where('runId', '=', runId)
      .where('seq', 'in', seqs.slice(at, at + valuesPerStatement))
      .execute()
    for (const { seq, key } of found) keys.set(seq, key)
  }
  return keys
}
