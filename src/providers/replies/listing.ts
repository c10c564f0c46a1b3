import type { Reply } from '../../ports/provider/reply.ts'
import { classify } from './classify.ts'
import type { Call, Http } from '../http/http.ts'
import { readPage, type Page } from '../openai/openai-objects.ts'

/** What a listed thing must tell so that a list can be walked. */
interface Listed {
  readonly id: string
  readonly createdAtMs: number | null
}

/** A page of a list that goes on by a word of the service. */
export interface TokenPage {
  readonly items: readonly unknown[]
  /** Null: this was the last one. */
  readonly next: string | null
}

/** The page of a list, by whichever of both it goes on. */
type AnyPage = TokenPage | (Page & { readonly next?: undefined })

export interface Listing<Item extends Listed> {
  readonly call: Call
  /** What takes a page out of its JSON, where that is not one of OpenAI's. */
  readonly page?: (json: unknown) => TokenPage | null
  /** What a reply means, where the service has errors of its own kind. */
  readonly judge?: typeof classify
  /** The name of the query that bounds a page; `limit` when left out. */
  readonly size?: string
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
 * The items of a list, newest first, read by the last id of each page, or by the service's own mark of the next one. A
 * list that cannot be walked to its end is refused rather than cut, because "not in the list" is what a second paid
 * create would be decided on.
 */
export async function listAll<Item extends Listed>(
  http: Http,
  listing: Listing<Item>,
): Promise<Reply<readonly Item[]>> {
  const found = new Map<string, Item>()
  let after: string | null = null
  for (let pages = 0; pages < listing.maxPages; pages += 1) {
    const { call, size = 'limit', cursor = 'after', judge = classify }: Listing<Item> = listing
    const query: Record<string, string> = { ...call.query, [size]: String(listing.pageSize) }
    if (after !== null) query[cursor] = after
    const exchange = await http.json({ ...call, query })
    const reply: Reply<AnyPage> = judge<AnyPage>('repeatable', exchange, listing.page ?? readPage)
    if (reply.kind !== 'accepted') return reply
    // The answer has told how far the clocks are apart, so that only now a time of theirs is one of ours.
    const sinceMs = earliestMs(listing.sinceMs, http.skew.ms)
    const items = reply.value.items.map(listing.read).filter((item) => item !== null)
    const before = found.size
    for (const item of items) found.set(item.id, item)
    const { next } = reply.value
    if (next !== undefined) {
      if (next === null || allOlder(items, sinceMs)) return accepted(found, sinceMs)
      // The same word again would give the same page for ever.
      if (next === after) return endless('does not continue after a page')
      after = next
      continue
    }
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
