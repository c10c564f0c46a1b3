import type { EventRow } from '../../ports/state.ts'
import type { StoreContext } from '../database/context.ts'

/** How long it is waited for transactions that are about to end, in milliseconds: those of ours take no longer. */
const lookMs = 250
/** The same before the first look, when what is passed over is never told. */
const beginMs = 2_000

type Reading = Pick<StoreContext, 'db' | 'horizon'>

/** The event from which on somebody is told who comes now: whatever is not there yet has a larger id. */
export async function newestTold({ db, horizon }: Reading): Promise<number> {
  const until = (await horizon?.reach(beginMs)) ?? 0
  if (until > 0) return until
  // Nothing is settled: there is no event, or a writer stands still, and what happened before is not told from the first.
  const { newest } = await db
    .selectFrom('events')
    .select((eb) => eb.fn.max<number | null>('id').as('newest'))
    .executeTakeFirstOrThrow()
  return newest ?? 0
}

/** The next events of all runs, in the order of their ids: whatever has a smaller id is among them, or was before. */
export async function nextTold(
  { db, horizon }: Reading,
  after: number,
  limit: number,
): Promise<readonly EventRow[]> {
  const until = (await horizon?.reach(lookMs)) ?? Infinity
  if (until <= after) return []
  return db
    .selectFrom('events')
    .selectAll()
    .where('id', '>', after)
    .$if(until !== Infinity, (query) => query.where('id', '<=', until))
    .orderBy('id')
    .limit(limit)
    .execute()
}
