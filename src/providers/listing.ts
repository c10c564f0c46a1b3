import type { Reply } from '../ports/provider.ts'
import { classify } from './classify.ts'
import type { Call, Http } from './http.ts'
import { readPage, type Page } from './openai-objects.ts'

/** What a listed thing must tell so that a list can be walked. */
interface Listed {
  readonly id: string
  readonly createdAtMs: number | null
}

export interface Listing<Item extends Listed> {
  readonly call: Call
  readonly pageSize: number
  readonly maxPages: number
  readonly read: (json: unknown) => Item | null
  /** Nothing older matters; null wants everything. */
  readonly sinceMs: number | null
  /** Whether a list that goes on past `maxPages` still answers the question. */
  readonly partial: boolean
}

/**
 * Walks a list with `after` and gives its items, newest first. A list that cannot be walked to its end is refused
 * rather than cut, because "not in the list" is what a second paid create would be decided on.
 */
export async function listAll<Item extends Listed>(
  http: Http,
  listing: Listing<Item>,
): Promise<Reply<readonly Item[]>> {
  // Services tell whole seconds: something made later in the same second carries an earlier time.
  const sinceMs = listing.sinceMs === null ? null : Math.floor(listing.sinceMs / 1000) * 1000
  const found = new Map<string, Item>()
  let after: string | null = null
  for (let pages = 0; pages < listing.maxPages; pages += 1) {
    const query: Record<string, string> = { ...listing.call.query, limit: String(listing.pageSize) }
    if (after !== null) query['after'] = after
    const reply: Reply<Page> = classify('repeatable', await http.json({ ...listing.call, query }), readPage)
    if (reply.kind !== 'accepted') return reply
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
        : endless('does not go on after its first page')
    }
    after = last.id
  }
  return listing.partial ? accepted(found, sinceMs) : endless(`does not end after ${listing.maxPages} pages`)
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
  return { kind: 'refused', cause: 'away', status: null, message: `the list ${what}`, retryAfterMs: null }
}
