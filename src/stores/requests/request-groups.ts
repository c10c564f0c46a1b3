import { sql } from 'kysely'
import type { RequestGroup } from '../../ports/store/requests.ts'
import type { StoreContext } from '../database/context.ts'
import { filtered } from './request-filter.ts'
import { troubled } from '../schema/request-tables.ts'

/** So many of the largest groups name more than one of their records. */
const fullGroups = 50
const examplesOfAGroup = 3
const valuesPerStatement = 500

/**
 * Requests that are neither merged nor pending, by outcome and reason, largest group first. Takes the longer the more
 * went wrong.
 */
export async function requestGroups(
  { db, dialect }: StoreContext,
  runId: string,
): Promise<readonly RequestGroup[]> {
  const ofRun = db.selectFrom('requests').where('runId', '=', runId)
  const groups = await ofRun
    .select(['outcome', 'reason'])
    .select((eb) => [eb.fn.countAll<number>().as('count'), eb.fn.min('seq').as('first')])
    .where(troubled(dialect))
    .groupBy(['outcome', 'reason'])
    .orderBy(sql`count(*)`, 'desc')
    .orderBy('first')
    .execute()
  const examples: (readonly string[])[] = []
  for (const { outcome, reason } of groups.slice(0, fullGroups)) {
    const some = filtered(dialect, ofRun.select('key'), { outcomes: [outcome], exactReason: reason })
    examples.push((await some.orderBy('seq').limit(examplesOfAGroup).execute()).map(({ key }) => key))
  }
  for (let at = fullGroups; at < groups.length; at += valuesPerStatement) {
    const part = groups.slice(at, at + valuesPerStatement)
    const found = await ofRun
      .select(['seq', 'key'])
      .where(
        'seq',
        'in',
        part.map(({ first }) => first),
      )
      .execute()
    const keys = new Map(found.map(({ seq, key }) => [seq, key]))
    examples.push(...part.map(({ first }) => [keys.get(first) ?? '']))
  }
  return groups.map(({ outcome, reason, count }, at) => ({
    outcome,
    reason,
    count,
    examples: examples[at] ?? [],
  }))
}
