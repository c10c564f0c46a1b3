import type { Reply } from '../../ports/provider/reply.ts'
import { classify } from './classify.ts'
import type { Call, Http } from './http.ts'
import { readPage, type Page } from '../openai/openai-objects.ts'

/** What a listed thing must tell so that a list can be walked. */
interface Listed {
  readonly id: string
  readonly createdAtMs: number | null
}

export interface Listing<Item extends Listed> {
  readonly call: Call
  /** The name of the query by which a list goes on after an item; `after` when left out. */
  readonly cursor?: string
  readonly pageSize: number
  readonly maxPages: number
  readonly read: (json: unknown) => Item | null
  /** Nothing older matters; null wants everything. */
  readonly sinceMs: number | null
  /** Whether a list that goes on past `maxPages` still answers the question. */
  readonly partial: boolean
}

/**
 * Walks a list by the last id of each page and gives its items, newest first. A list that cannot be walked to its end is refused
 * rather than cut, because "not in the list" is what a second paid create would be decided on.
 */
export async function listAll<Item extends Listed>(
  http: Http,
  listing: Listing<Item>,
): Promise<Reply<readonly Item[]>> {
  const found = new Map<string, Item>()
  let after: string | null = null
  for (let pages = 0; pages < listing.maxPages; pages += 1) {
    const query: Record<string, string> = { ...listing.call.query, limit: String(listing.pageSize) }
    if (after !== null) query[listing.cursor ?? 'after'] = after
    const reply: Reply<Page> = classify('repeatable', await http.json({ ...listing.call, query }), readPage)
    if (reply.kind !== 'accepted') return reply
    // The answer has told how far the clocks are apart, so that only now a time of theirs is one of ours.
    const sinceMs = earliestMs(listing.sinceMs, http.skew.ms)
    const items = reply.value.items.map(listing.read).filter((item) => item !== null)
    const before = found.size
    for (const item of items) found.set(item.id, item)
    const last = items.at(-1)
    const ended =
      reply.value.hasMore === false || (reply.value.hasMore === null && items.length < listing.pageSize)
    if (ended || last === undefined || allOlder(items, sinceMs)) return accepted(found, sinceMs)
    if (found.size === before) {
      // The same page again: a service without `after`. If it says that there is more, the rest stays out of reach.
      return reply.value.hasMore === null || listing.partial
        ? accepted(found, sinceMs)
        : endless('does not continue after its first page')
    }
    after = last.id
  }
  return listing.partial
    ? accepted(found, earliestMs(listing.sinceMs, http.skew.ms))
    : endless(`does not end after ${listing.maxPages} pages`)
}

const secondMs = 1_000

/** The earliest time in our clock that something made at or after `sinceMs` can carry. */
function earliestMs(sinceMs: number | null, skewMs: number | null): number | null {
  if (sinceMs === null) return null
  // Services tell whole seconds: something made later in the same second carries an earlier time. A difference of clocks
  // is known to a second or so.
  const looseMs = skewMs === null || skewMs === 0 ? 0 : 2 * secondMs
  return Math.floor(sinceMs / secondMs) * secondMs - looseMs
}

/** Only a page that runs from new to old proves that everything after it is older still. */
function allOlder(items: readonly Listed[], sinceMs: number | null): boolean {
  const newest = items[0]?.createdAtMs ?? null
  const oldest = items.at(-1)?.createdAtMs ?? null
  return sinceMs !== null && newest !== null && oldest !== null && newest >= oldest && oldest < sinceMs
}

function accepted<Item extends Listed>(
  found: ReadonlyMap<string, Item>,
  sinceMs: number | null,
): Reply<readonly Item[]> {
  const value = [...found.values()]
    .filter((item) => sinceMs === null || item.createdAtMs === null || item.createdAtMs >= sinceMs)
    .sort((one, other) => (other.createdAtMs ?? Infinity) - (one.createdAtMs ?? Infinity) || 0)
  return { kind: 'accepted', value }
}

function endless(what: string): Reply<never> {
  const message = `the list ${what}`
  return {
    kind: 'refused',
    cause: 'away',
    layer: 'service',
    lasting: false,
    status: null,
    message,
    retryAfterMs: null,
  }
}
