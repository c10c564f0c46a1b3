import type { SelectQueryBuilder } from 'kysely'
import type { PageFilter, PageRequest, RequestPage } from '../../ports/store/requests.ts'
import type { StoreContext } from '../database/context.ts'
import { filtered, isTroubled } from './request-filter.ts'
import type { Tables } from '../schema/schema.ts'

type Context = Pick<StoreContext, 'db' | 'dialect'>

/** A request in the order of a walk: by its `seq` alone, or by its key. */
interface Place {
  readonly seq: number
  readonly key?: string
}

/** A page, found by visiting only so many requests in the order of the index that suits the filter. */
export async function pageWithin(
  context: Context,
  runId: string,
  filter: PageFilter,
  { after, limit, visit }: PageRequest,
): Promise<RequestPage> {
  const walk = walkOf(context, runId, filter)
  const from = after === null ? null : await placeOf(context, runId, after)
  const end = await walk.placeAt(from, visit)
  const wanted = walk
    .between(from, end)
    .orderBy(walk.order)
    .limit(limit + 1)
  const found = await context.db
    .selectFrom('requests')
    .selectAll()
    .where('runId', '=', runId)
    .where('seq', 'in', wanted)
    .orderBy(walk.order)
    .execute()
  const rows = found.slice(0, limit)
  return { rows, next: found.length > limit ? (rows.at(-1)?.seq ?? null) : (end?.seq ?? null) }
}

/** How many requests match; null when more than `visit` would have to be looked at. */
export async function countWithin(
  context: Context,
  runId: string,
  filter: PageFilter,
  visit: number,
): Promise<number | null> {
  const walk = walkOf(context, runId, filter)
  if ((await walk.placeAt(null, visit)) !== null) return null
  const { count } = await context.db
    .selectFrom(
      walk
        .between(null, null)
        // Without an order PostgreSQL may read the table, with all other runs, until it has found enough.
        .orderBy(walk.order)
        .limit(visit + 1)
        .as('found'),
    )
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return count > visit ? null : count
}

/** How requests are gone through: in which order, which of them are passed, and which of these match. */
interface Walk {
  readonly order: 'seq' | 'key'
  /** The request that so many steps lead to; null: the walk ends before. */
  placeAt(from: Place | null, steps: number): Promise<Place | null>
  /** The matching ones after `from`, up to `end`. */
  between(from: Place | null, end: Place | null): SelectQueryBuilder<Tables, 'requests', { seq: number }>
}

function walkOf({ db, dialect }: Context, runId: string, filter: PageFilter): Walk {
  const { outcomes, keyPrefix, batchN } = filter
  const order = keyPrefix === undefined ? 'seq' : 'key'
  // What an index alone can answer, of keys, of batches or of what went wrong.
  const passed: PageFilter =
    keyPrefix !== undefined
      ? { keyPrefix }
      : batchN !== undefined
        ? { batchN }
        : outcomes !== undefined && isTroubled(filter)
          ? { outcomes }
          : {}
  const all = db.selectFrom('requests').where('runId', '=', runId)
  const matchesAll = Object.keys(filter).every((name) => name in passed)
  const position = (place: Place): number | string => (order === 'seq' ? place.seq : (place.key ?? ''))
  return {
    order,
    async placeAt(from, steps) {
      // Nothing is passed without being part of the page.
      if (matchesAll) return null
      // The key is asked for only where the index has it.
      let passing = filtered(
        dialect,
        all.select('seq').$if(order === 'key', (query) => query.select('key')),
        passed,
      )
      if (from !== null) passing = passing.where(order, '>', position(from))
      return (await passing.orderBy(order).offset(steps).limit(1).executeTakeFirst()) ?? null
    },
    between(from, end) {
      let query = filtered(dialect, all.select('seq'), filter)
      if (from !== null) query = query.where(order, '>', position(from))
      if (end !== null) query = query.where(order, '<=', position(end))
      return query
    },
  }
}

async function placeOf({ db }: Context, runId: string, seq: number): Promise<Place | null> {
  const place = await db
    .selectFrom('requests')
    .select(['seq', 'key'])
    .where('runId', '=', runId)
    .where('seq', '=', seq)
    .executeTakeFirst()
  return place ?? null
}
